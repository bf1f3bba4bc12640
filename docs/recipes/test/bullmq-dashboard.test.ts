import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { Queue } from 'bullmq';
import express, { type RequestHandler } from 'express';
import { whatsappGatewayWebhook } from 'express-whatsapp-gateway';
import { createEventQueue, createSendQueue, createSendWorker } from 'express-whatsapp-gateway/bullmq';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { type OwnRedis, startOwnRedis } from '../../../test/support/redis.ts';
import { createQueueDashboard } from '../bullmq-dashboard.ts';
import { PHONE, SECRET, startGateway } from './support/gateway.ts';
import { serve, WEBHOOK_PATH } from './support/serve.ts';

const SENDS = 'whatsapp-gateway-sends';
const EVENTS = 'whatsapp-gateway-events';
const TEXT = 'طلبك 1042 في الطريق';
const QUESTION = 'أين طلبي؟';
const OPERATOR = { authorization: 'Bearer of-an-operator' };

let redis: OwnRedis;

beforeAll(async () => {
  redis = await startOwnRedis();
});

afterAll(() => redis.stop());

const authorize: RequestHandler = (request, response, next) => {
  if (request.get('authorization') === OPERATOR.authorization) next();
  else response.status(401).end();
};

/** An app with the dashboard, one event that waits, and one send whose outcome nobody knows. */
async function startApp() {
  const connection = { url: redis.url };
  const events = createEventQueue({ connection });
  const sends = createSendQueue({ connection });
  const dashboard = createQueueDashboard({ connection, basePath: '/admin/queues', authorize });
  onTestFinished(
    async () => void (await Promise.all([events, sends, dashboard].map((each) => each.close()))),
  );
  const app = express();
  app.post(WEBHOOK_PATH, whatsappGatewayWebhook({ secret: SECRET, deliveries: false, onEvent: events.add }));
  app.use(dashboard.router);
  const origin = await serve(app);
  const gateway = await startGateway(origin + WEBHOOK_PATH);
  await gateway.customer(PHONE).says(QUESTION);
  gateway.faults.add({ on: 'send', type: 'reset', when: 'after' });
  const worker = createSendWorker({
    connection,
    sender: { baseUrl: gateway.url, apiKey: gateway.apiKey, instanceId: gateway.instanceId },
  });
  onTestFinished(() => worker.close());
  const { id } = await sends.add({ phone: PHONE, message: TEXT, purpose: 'transactional' });
  await vi.waitFor(async () => expect(await sends.find(id)).toMatchObject({ state: 'unknown' }), {
    timeout: 15_000,
  });
  expect(gateway.messages).toHaveLength(1);
  return { origin, board: `${origin}/admin/queues`, gateway, sends, id };
}

it('shows the board to an operator and to nobody else, its files and its API included', async () => {
  const { board } = await startApp();
  for (const path of ['', '/api/queues', `/queue/${SENDS}`, '/static/favicon.ico']) {
    expect((await fetch(board + path)).status).toBe(401);
  }
  const page = await fetch(board, { headers: OPERATOR });
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<!DOCTYPE html>');
});

it('shows the real queues, with no phone number and no text of anybody', async () => {
  const { board, id } = await startApp();
  const seen: string[] = [];
  const read = async (path: string) => {
    const text = await (await fetch(board + path, { headers: OPERATOR })).text();
    seen.push(text);
    return JSON.parse(text);
  };
  const { queues } = await read(`/api/queues?activeQueue=${SENDS}&status=failed&page=1&jobsPerPage=10`);
  const found = new Map(queues.map((queue: { name: string }) => [queue.name, queue]));
  expect(found.get(SENDS)).toMatchObject({ readOnlyMode: true });
  expect(found.get(SENDS)).toHaveProperty('jobs.0.id', `send-${id}`);
  expect(found.get(SENDS)).toHaveProperty('jobs.0.failedReason', 'outcome_unknown');
  expect(found.get(SENDS)).toHaveProperty('jobs.0.data.purpose', 'transactional');
  expect(found.get(EVENTS)).toHaveProperty('counts.prioritized', expect.any(Number));
  await read(`/api/queues?activeQueue=${EVENTS}&status=prioritized&page=1&jobsPerPage=10`);
  await read(`/api/queues/${SENDS}/send-${id}`);
  const all = seen.join('\n');
  expect(all).toContain('message.received');
  for (const secret of [PHONE.slice(1), TEXT, QUESTION]) expect(all).not.toContain(secret);
});

it('changes nothing, whatever is asked of it', async () => {
  const { board, sends, id } = await startApp();
  const job = `${board}/api/queues/${SENDS}/send-${id}`;
  const before = await sends.counts();
  for (const [method, url] of [
    ['PUT', `${job}/retry`],
    ['PUT', `${job}/clean`],
    ['PUT', `${board}/api/queues/${SENDS}/obliterate`],
    ['PUT', `${board}/api/queues/${SENDS}/pause`],
    ['POST', `${board}/api/queues/${SENDS}/add`],
  ] as const) {
    expect((await fetch(url, { method, headers: OPERATOR })).status, url).toBe(405);
  }
  expect(await sends.counts()).toEqual(before);
});

it('would not send an unknown send again even if somebody let the board retry it', async () => {
  const { gateway, sends, id } = await startApp();
  const queue = new Queue(SENDS, { connection: { url: redis.url } });
  onTestFinished(() => queue.close());
  const serverAdapter = new ExpressAdapter();
  createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter });
  const origin = await serve(express().use(serverAdapter.getRouter()));
  const sendsBefore = gateway.requests.length;
  const record = await queue.getJob(`send-${id}`);
  const one = await fetch(`${origin}/api/queues/${SENDS}/send-${id}/retry`, { method: 'PUT' });
  expect(one.status).toBeLessThan(300);
  const again = async () => {
    const job = await queue.getJob(`send-${id}`);
    expect(job?.attemptsStarted).toBeGreaterThan(record?.attemptsStarted ?? 0);
    expect(await sends.find(id)).toMatchObject({ state: 'unknown' });
  };
  await vi.waitFor(again, { timeout: 15_000 });
  expect(gateway.requests).toHaveLength(sendsBefore);
});
