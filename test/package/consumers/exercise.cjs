// What a program does with the package, whichever way it was loaded.
const assert = require('node:assert/strict');
const { createHmac } = require('node:crypto');
const { once } = require('node:events');
const http = require('node:http');

const SECRET = 'whsec_consumer';
const API_KEY = 'wg_live_consumer';
const PATH = '/webhooks/whatsapp-gateway';

async function listen(listener) {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

function close(server) {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}

function post(url, { headers, rawBody }) {
  return fetch(url, { method: 'POST', headers, body: rawBody });
}

/** Signed by hand, so that a mistake which receiver and signWebhook share would show. */
function signByHand(body) {
  const timestamp = new Date().toISOString();
  const hex = createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex');
  return {
    rawBody: body,
    headers: {
      'content-type': 'application/json',
      'x-whatsapp-gateway-timestamp': timestamp,
      'x-whatsapp-gateway-signature': `sha256=${hex}`,
    },
  };
}

/** `mount` makes a request listener of the middleware: an Express app, or the middleware itself. */
async function receives({ main, testing, mount }) {
  const seen = [];
  const middleware = main.whatsappGatewayWebhook({
    secret: [SECRET, 'whsec_former'],
    deliveries: main.memoryDeliveryStore({ maxEntries: 100 }),
    onMessage: async (event, context) => {
      seen.push([event.message_text, context.phone]);
    },
    onOptOut: async (_event, context) => {
      seen.push(['opted out', context.phone]);
    },
  });
  const { server, url } = await listen(mount(middleware, PATH));

  const message = signByHand(
    '{"event":"message.received","from":"966501234567","message_text":"\\u0645\\/"}',
  );
  assert.deepEqual(main.verifyWebhook({ ...message, secret: SECRET }).event.message_text, 'م/');
  assert.equal((await post(url + PATH, message)).status, 200);
  assert.equal((await post(url + PATH, message)).status, 200);
  assert.deepEqual(seen, [['م/', '+966501234567']], 'a copy is handled once');

  const optOut = testing.signWebhook({ secret: SECRET, body: testing.recipientOptedOut() });
  assert.equal((await post(url + PATH, optOut)).status, 200);
  assert.deepEqual(seen.at(-1), ['opted out', '+966501234567']);

  const forged = await post(url + PATH, { ...message, rawBody: `${message.rawBody} ` });
  assert.equal(forged.status, 401);
  assert.equal(await forged.text(), '{"error":"invalid_signature"}');
  assert.throws(
    () => main.verifyWebhook({ ...message, secret: 'whsec_other' }),
    (error) => main.isWebhookError(error) && error.code === 'invalid_signature',
  );
  await close(server);
}

async function sends({ main }) {
  const requests = [];
  const { server, url } = await listen(async (request, response) => {
    request.setEncoding('utf8');
    let body = '';
    for await (const chunk of request) body += chunk;
    requests.push({ path: request.url, authorization: request.headers.authorization, ...JSON.parse(body) });
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end('{"success":true,"status":"sent","message_id":"wamid.1","log_id":7}');
  });
  const sender = main.createSender({
    apiKey: API_KEY,
    instanceId: 'inst_consumer',
    baseUrl: url,
    isSuppressed: (phone) => phone === '+966500000000',
  });

  const sent = await sender.send({ phone: '966501234567', message: 'مرحبا', purpose: 'support' });
  assert.equal(sent.messageId, 'wamid.1');
  assert.equal(sent.logId, 7);
  await assert.rejects(
    sender.send({ phone: '966500000000', message: 'مرحبا', purpose: 'support' }),
    (error) =>
      main.isSendError(error) && error.code === 'recipient_suppressed' && error.outcome === 'not_sent',
  );
  assert.equal(requests.length, 1, 'a suppressed recipient is refused before any network');
  const [{ path, authorization, instance_id, message, message_purpose }] = requests;
  assert.deepEqual(
    { path, authorization, instance_id, message, message_purpose },
    {
      path: '/api/send-message',
      authorization: `Bearer ${API_KEY}`,
      instance_id: 'inst_consumer',
      message: 'مرحبا',
      message_purpose: 'support',
    },
  );
  await sender.close();
  await close(server);
}

async function converses({ main, testing, mount }) {
  const gateway = await testing.startGatewayEmulator();
  const sender = main.createSender({
    apiKey: gateway.apiKey,
    instanceId: gateway.instanceId,
    baseUrl: gateway.url,
  });
  const middleware = main.whatsappGatewayWebhook({
    secret: SECRET,
    onMessage: async (event) => {
      await sender.reply(event, { message: 'أهلا', purpose: 'support' });
    },
  });
  const { server, url } = await listen(mount(middleware, PATH));
  gateway.setWebhook({ url: url + PATH, secret: SECRET });
  const { attempts } = await gateway.customer('+966501234567').says('أين طلبي؟');
  assert.equal(attempts[0].status, 200);
  assert.equal((await gateway.waitForMessage()).message, 'أهلا');
  await sender.close();
  await gateway.close();
  await close(server);
}

/** @param parts `main` and `testing` are the package's two entries. */
async function exercise(parts) {
  await receives(parts);
  await sends(parts);
  await converses(parts);
}

module.exports = { exercise };
