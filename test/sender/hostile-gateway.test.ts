import { describe, expect, onTestFinished, test } from 'vitest';
import { answer, answerSent, SENT, startGateway } from './support/gateway.ts';
import { failureOf, MESSAGE, makeSender } from './support/sending.ts';

describe('a gateway that sends us elsewhere', () => {
  test.each([301, 302, 303, 307, 308])(
    'with %i is not followed: key and message go nowhere',
    async (status) => {
      const elsewhere = await startGateway(answerSent);
      const gateway = await startGateway((socket) =>
        answer(socket, status, { success: false }, { location: `${elsewhere.url}/api/send-message` }),
      );
      const error = await failureOf(makeSender({ baseUrl: gateway.url }).send(MESSAGE));
      expect(error).toMatchObject({ code: 'bad_response', outcome: 'unknown', status });
      expect(gateway.posts).toHaveLength(1);
      expect(elsewhere.connections()).toBe(0);
    },
  );

  test('by Refresh, Link, Alt-Svc or a cookie has no effect on the next send', async () => {
    const elsewhere = await startGateway(answerSent);
    const gateway = await startGateway((socket) =>
      answer(socket, 200, SENT, {
        'set-cookie': 'session=stolen',
        'alt-svc': `h2="127.0.0.1:${elsewhere.port}"`,
        refresh: `0; url=${elsewhere.url}`,
        link: `<${elsewhere.url}>; rel=preload`,
      }),
    );
    const sender = makeSender({ baseUrl: gateway.url });
    await sender.send(MESSAGE);
    await sender.send(MESSAGE);
    expect(gateway.posts[1]?.headers).toEqual(gateway.posts[0]?.headers);
    expect(elsewhere.connections()).toBe(0);
  });
});

test('a proxy in the environment is not used', async () => {
  const proxy = await startGateway(answerSent);
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy']) process.env[name] = proxy.url;
  onTestFinished(() => {
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy']) delete process.env[name];
  });
  const gateway = await startGateway(answerSent);
  await makeSender({ baseUrl: gateway.url }).send(MESSAGE);
  expect(gateway.posts).toHaveLength(1);
  expect(proxy.connections()).toBe(0);
});

test('an answer with a second one behind it is not taken for that of the next send', async () => {
  const second = JSON.stringify({ ...SENT, message_id: 'smuggled' });
  const gateway = await startGateway((socket, { number }) => {
    if (number > 1) {
      answer(socket, 200, { ...SENT, message_id: `own-${number}` });
      return;
    }
    const first = JSON.stringify({ ...SENT, message_id: 'own-1' });
    const head = (text: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
    socket.write(head(first) + head(second));
  });
  const sender = makeSender({ baseUrl: gateway.url, connections: 1 });
  expect((await sender.send(MESSAGE)).messageId).toBe('own-1');
  expect((await sender.send(MESSAGE)).messageId).toBe('own-2');
});

test('the message cannot leave its field, nor the instance its own', async () => {
  const gateway = await startGateway(answerSent);
  const message =
    'x","message_purpose":"marketing","phone":"+966500000000\r\nX-Evil: 1\r\n\r\nGET / HTTP/1.1';
  const sender = makeSender({ baseUrl: gateway.url, instanceId: 'inst"\r\nHost: evil' });
  await sender.send({ ...MESSAGE, message });
  expect(gateway.posts).toHaveLength(1);
  expect(JSON.parse(gateway.posts[0]?.body ?? '')).toEqual({
    instance_id: 'inst"\r\nHost: evil',
    phone: MESSAGE.phone,
    message,
    message_purpose: MESSAGE.purpose,
  });
});
