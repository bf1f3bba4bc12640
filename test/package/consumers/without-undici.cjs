// undici was replaced by a module that throws: importing works all the same, only sending comes upon it.
const assert = require('node:assert/strict');

async function check({ createSender, createWebhookReceiver }) {
  createWebhookReceiver({ secret: 'whsec_receiver', onEvent: () => {} });
  const sender = createSender({
    apiKey: 'wg_live_lazy',
    instanceId: 'inst_1',
    baseUrl: 'http://127.0.0.1:1',
  });
  const error = await sender
    .send({ phone: '+966501234567', message: 'm', purpose: 'support' })
    .catch((thrown) => thrown);
  const messages = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) messages.push(cause.message);
  assert.ok(messages.includes('undici was loaded'), messages.join('\n'));
}

async function main() {
  await check(require('express-whatsapp-gateway'));
  await check(await import('express-whatsapp-gateway'));
  require('express-whatsapp-gateway/testing');
  await import('express-whatsapp-gateway/testing');
  console.log('done');
}

main();
