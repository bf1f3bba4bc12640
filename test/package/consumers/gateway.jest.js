const express = require('express');
const main = require('express-whatsapp-gateway');
const testing = require('express-whatsapp-gateway/testing');
const { exercise } = require('./exercise.cjs');

test('both entries receive and send', async () => {
  const mount = (middleware, path) => express().post(path, middleware);
  await exercise({ main, testing, mount });
});

test('a body that Jest itself made is received', async () => {
  const secret = 'whsec_jest';
  const onMessage = jest.fn();
  const receiver = main.createWebhookReceiver({ secret, onMessage });
  const { headers, rawBody } = testing.signWebhook({ secret, body: testing.messageReceived() });
  const bytes = new Uint8Array(rawBody);
  await expect(receiver.receive({ headers, rawBody: bytes })).resolves.toMatchObject({ status: 200 });
  expect(onMessage).toHaveBeenCalledTimes(1);
});
