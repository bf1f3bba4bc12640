import { createSender } from 'express-whatsapp-gateway';
import { recipientOptedOut, startGatewayEmulator } from 'express-whatsapp-gateway/testing';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../support/server.ts';
import { watchOptOuts } from './opt-out-watch.ts';

const MESSAGE = { message: 'طلبك في الطريق إليك.', purpose: 'transactional' } as const;
const PHONE = '+966501234567';

async function watch(status: number) {
  const { port } = await serve((_request, response) => response.writeHead(status).end());
  const webhook = { url: `http://127.0.0.1:${port}/`, secret: 'whsec_test' };
  const gateway = await startGatewayEmulator({ webhook, retries: false });
  onTestFinished(() => gateway.close());
  const { apiKey, instanceId, url: baseUrl } = gateway;
  const sender = createSender({ apiKey, instanceId, baseUrl });
  onTestFinished(() => sender.close());
  return { gateway, sender, watching: watchOptOuts(gateway) };
}

test('a request after an answered opt-out is late, refused or not, under any spelling', async () => {
  const { gateway, sender, watching } = await watch(200);
  await sender.send({ phone: PHONE, ...MESSAGE });
  await gateway.deliver(recipientOptedOut({ from: PHONE.slice(1) }));
  expect(watching.late).toEqual([]);
  await sender.send({ phone: PHONE, ...MESSAGE });
  gateway.faults.add({ on: 'send', type: 'reset' });
  await expect(sender.send({ phone: PHONE, ...MESSAGE })).rejects.toThrow();
  await sender.send({ phone: '+966551112233', ...MESSAGE });
  expect(watching.late).toEqual(['emu_req_2', 'emu_req_3']);
});

test('a request that is read before and answered after an opt-out is not late', async () => {
  const { gateway, sender, watching } = await watch(200);
  gateway.faults.add({ on: 'send', type: 'delay', ms: 3_600_000, when: 'after' });
  const sending = sender.send({ phone: PHONE, ...MESSAGE });
  await gateway.waitForMessage({ timeoutMs: 15_000 });
  await gateway.deliver(recipientOptedOut({ from: PHONE }));
  await gateway.clock.advance('1h');
  await sending;
  expect(watching.late).toEqual([]);
});

test('an opt-out that the app did not take makes nothing late', async () => {
  const { gateway, sender, watching } = await watch(503);
  await gateway.deliver(recipientOptedOut({ from: PHONE }));
  await sender.send({ phone: PHONE, ...MESSAGE });
  expect(watching.late).toEqual([]);
});
