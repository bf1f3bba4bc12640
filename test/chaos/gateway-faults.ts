import type { GatewayEmulator } from 'express-whatsapp-gateway/testing';
import type { Sabotage } from './sabotage.ts';

type NewFault = Parameters<GatewayEmulator['faults']['add']>[0];

const DELIVERIES: readonly NewFault[] = [
  { on: 'delivery', type: 'duplicate', probability: 0.03 },
  { on: 'delivery', type: 'concurrent-duplicate', probability: 0.03 },
  { on: 'delivery', type: 'reorder', probability: 0.03 },
  { on: 'delivery', type: 'delay', ms: 300, probability: 0.01 },
  // Refused, and tried again with a good signature.
  { on: 'delivery', type: 'stale-timestamp', probability: 0.01 },
  { on: 'delivery', type: 'wrong-signature', probability: 0.01 },
];

const SENDS: readonly NewFault[] = [
  // Read, and then a connection that breaks: with the message taken, and without.
  { on: 'send', type: 'reset', when: 'after', probability: 0.005 },
  { on: 'send', type: 'reset', when: 'before', probability: 0.005 },
  { on: 'send', type: 'status', status: 500, when: 'after', probability: 0.005 },
  { on: 'send', type: 'delay', ms: 40, when: 'after', probability: 0.1 },
];

/** Each costs a second in which no machine sends. */
const EVENTS_PER_THROTTLE = 800;
const MIN_THROTTLES = 3;

/** Every answer takes so long that a worker can be killed in between. */
const SLOW_ANSWERS: NewFault = { on: 'send', type: 'delay', ms: 100, when: 'after', probability: 1 };
const MANY_COPIES: NewFault = { on: 'delivery', type: 'duplicate', probability: 0.3 };

/** Tells the gateway what goes wrong. A sabotage gets more of what it takes to be found. */
export function addFaults({ faults }: GatewayEmulator, events: number, sabotage: Sabotage | undefined): void {
  if (sabotage === 'intents') faults.add(SLOW_ANSWERS);
  if (sabotage === 'store') faults.add(MANY_COPIES);
  const times = Math.max(MIN_THROTTLES, Math.floor(events / EVENTS_PER_THROTTLE));
  faults.add({ on: 'send', type: 'throttle', probability: (2 * times) / events, times });
  for (const fault of [...DELIVERIES, ...SENDS]) faults.add(fault);
}
