import assert from 'node:assert/strict';
import type { GatewayEmulator } from 'express-whatsapp-gateway/testing';
import type { Database } from '../src/database.ts';
import { findUser } from '../src/users.ts';
import { LAYLA, ORDER_OF_LAYLA } from './seed.ts';

export interface Stage {
  gateway: GatewayEmulator;
  appUrl: string;
  db: Database;
}

const PHONE = `+${LAYLA.phone}`;

function say(line: string): void {
  console.log(`     ${line}`);
}

async function showRow(db: Database, when: string): Promise<Date | null | undefined> {
  const user = await findUser(db, PHONE);
  assert(user, 'The user is not in the table.');
  const { id, phone, whatsappOptedOutAt } = user;
  say(
    `${when}  users: { id: ${id}, phone: '${phone}', whatsapp_opted_out_at: ${whatsappOptedOutAt?.toISOString() ?? null} }`,
  );
  return whatsappOptedOutAt;
}

async function updateOrder(appUrl: string, status: string): Promise<{ whatsapp: string; error?: string }> {
  const path = `/orders/${ORDER_OF_LAYLA}/status`;
  const response = await fetch(appUrl + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ status }),
  });
  const answer = (await response.json()) as { whatsapp: string; error?: string };
  say(`POST ${path} {"status":"${status}"}  →  ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

async function orderStatusIsSent({ gateway, appUrl }: Stage): Promise<void> {
  const { whatsapp } = await updateOrder(appUrl, 'out_for_delivery');
  assert.equal(whatsapp, 'sent');
  say(`the gateway took  "${gateway.messages.at(-1)?.message}"  for ${gateway.messages.at(-1)?.phone}`);
}

async function questionGetsReply({ gateway }: Stage): Promise<void> {
  const question = 'مرحبا، أين طلبي رقم 1042؟';
  say(`${PHONE} writes  "${question}"`);
  const delivery = await gateway.customer(PHONE).says(question);
  say(`the gateway delivers message.received, signed  →  the app answers ${delivery.attempts[0]?.status}`);
  assert.equal(delivery.attempts[0]?.status, 200);
  const reply = await gateway.waitForMessage({ to: PHONE, contains: 'أهلاً' });
  say(`the app replied  "${reply.message}"`);
}

async function forgeryIsRefused({ gateway, db }: Stage): Promise<void> {
  const forged = { event: 'recipient.opted_out', from: PHONE };
  const delivery = await gateway.deliver(forged, { signature: 'wrong' });
  say(
    `an opt-out signed with a wrong secret  →  ${delivery.attempts[0]?.status} ${delivery.attempts[0]?.body}`,
  );
  assert.equal(delivery.attempts[0]?.status, 401);
  assert.equal(await showRow(db, 'still '), null);
}

async function optOutLands({ gateway, db }: Stage): Promise<void> {
  assert.equal(await showRow(db, 'before'), null);
  const delivery = await gateway.customer(PHONE).optsOut();
  say(
    `the gateway delivers recipient.opted_out from ${PHONE}  →  the app answers ${delivery.attempts[0]?.status}`,
  );
  assert.equal(delivery.attempts[0]?.status, 200);
  assert(await showRow(db, 'after '), 'The opt-out did not reach the table.');
}

async function nextSendIsRefused({ gateway, appUrl }: Stage): Promise<void> {
  const requestsBefore = gateway.requests.length;
  const { error } = await updateOrder(appUrl, 'delivered');
  assert.equal(error, 'recipient_suppressed');
  const requests = gateway.requests.length - requestsBefore;
  say(`requests that reached the gateway for it: ${requests}`);
  assert.equal(requests, 0, 'The refused send reached the network.');
}

const steps: readonly [title: string, play: (stage: Stage) => Promise<void>][] = [
  ['The app tells Layla that her order is on its way', orderStatusIsSent],
  ['Layla asks a question and gets a reply', questionGetsReply],
  ['Somebody forges an opt-out in her name', forgeryIsRefused],
  ['Layla opts out herself: the row before and after', optOutLands],
  ['The next message to her is refused before any network', nextSendIsRefused],
];

/** @throws Error naming the step that failed. */
export async function playConversation(stage: Stage): Promise<void> {
  for (const [index, [title, play]] of steps.entries()) {
    console.log(`  ${index + 1}. ${title}\n`);
    try {
      await play(stage);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Step ${index + 1} failed (${title}): ${reason}`, { cause });
    }
    console.log('');
  }
}
