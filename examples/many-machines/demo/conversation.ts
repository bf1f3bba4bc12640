import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Stage } from './stage.ts';

export type Scene = Pick<Stage, 'gateway'> & { readonly url: string; readonly pool: Pool };

const LAYLA = '+966501234567';
const PATIENCE_MS = 30_000;
const EVERY_MS = 50;

function say(line: string): void {
  console.log(`     ${line}`);
}

interface SendStatus {
  readonly state: string;
  readonly code?: string;
}

/** Tells the shop that an order is shipped, and waits for what became of the message about it. */
async function ship({ url }: Scene, order: number): Promise<SendStatus> {
  const path = `/orders/${order}/shipped`;
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ phone: LAYLA }),
  });
  const answer = (await response.json()) as { queued: string };
  say(`POST ${path}  →  ${response.status} ${JSON.stringify(answer)}`);
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const send = (await (await fetch(`${url}/sends/${answer.queued}`)).json()) as SendStatus;
    if (send.state !== 'waiting' && send.state !== 'active') {
      say(`GET /sends/${answer.queued}  →  ${JSON.stringify(send)}`);
      return send;
    }
    assert(performance.now() < giveUpAt, 'No worker sent it.');
    await sleep(EVERY_MS);
  }
}

async function countOptOuts({ pool }: Scene): Promise<number> {
  const { rowCount } = await pool.query('SELECT FROM opt_outs WHERE phone = $1', [LAYLA]);
  return rowCount ?? 0;
}

async function messageGetsReply({ gateway, pool }: Scene): Promise<void> {
  const question = 'مرحبا، أين طلبي رقم 1042؟';
  say(`${LAYLA} writes  "${question}"`);
  const delivery = await gateway.customer(LAYLA).says(question);
  say(`the gateway delivers it  →  a web process queues it and answers ${delivery.attempts[0]?.status}`);
  assert.equal(delivery.attempts[0]?.status, 200);
  const reply = await gateway.waitForMessage({ to: LAYLA, contains: 'استلمنا', timeoutMs: PATIENCE_MS });
  say(`an event worker keeps it, a send worker replies  "${reply.message}"`);
  const { rows } = await pool.query('SELECT ticket, phone FROM inbox WHERE phone = $1', [LAYLA]);
  say(`inbox: ${JSON.stringify(rows)}`);
  assert.equal(rows.length, 1);
}

async function orderIsSent(scene: Scene): Promise<void> {
  const { state } = await ship(scene, 1042);
  assert.equal(state, 'sent');
  const messages = scene.gateway.messages.length;
  await ship(scene, 1042);
  say(`the same order again: ${scene.gateway.messages.length - messages} more messages`);
  assert.equal(scene.gateway.messages.length, messages);
}

async function optOutLands(scene: Scene): Promise<void> {
  assert.equal(await countOptOuts(scene), 0);
  const delivery = await scene.gateway.customer(LAYLA).optsOut();
  say(`the gateway delivers recipient.opted_out  →  ${delivery.attempts[0]?.status}`);
  assert.equal(delivery.attempts[0]?.status, 200);
  const rows = await countOptOuts(scene);
  say(`rows in opt_outs when it is answered: ${rows}`);
  assert.equal(rows, 1);
}

async function nextSendIsRefused(scene: Scene): Promise<void> {
  const requests = scene.gateway.requests.length;
  const { state, code } = await ship(scene, 1043);
  assert.equal(state, 'failed');
  assert.equal(code, 'recipient_suppressed');
  say(`requests that reached the gateway for it: ${scene.gateway.requests.length - requests}`);
  assert.equal(scene.gateway.requests.length, requests);
}

const steps: readonly [title: string, play: (scene: Scene) => Promise<void>][] = [
  ['Layla writes: through the event queue and the send queue to a reply', messageGetsReply],
  ['Her order is shipped: the message is queued, and sent once', orderIsSent],
  ['She opts out: written before it is answered', optOutLands],
  ['The next message to her is refused by the send worker', nextSendIsRefused],
];

/** @throws Error naming the step that failed. */
export async function playConversation(scene: Scene): Promise<void> {
  for (const [index, [title, play]] of steps.entries()) {
    console.log(`  ${index + 1}. ${title}\n`);
    try {
      await play(scene);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Step ${index + 1} failed (${title}): ${reason}`, { cause });
    }
    console.log('');
  }
}
