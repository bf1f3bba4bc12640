import { createWebhookReceiver } from 'express-whatsapp-gateway';
import { type Bench, show, want } from '../harness/report.ts';
import { compare } from '../harness/rounds.ts';
import { messageBody, SECRET, signedHeaders } from '../support/delivery.ts';
import { floor } from '../support/floor.ts';
import { processorMicroseconds } from '../support/slice.ts';

const ROUNDS = 16;
const BODY_BYTES = 300;
const BOUND = 10_000;
const STEP = 2_000;
const FILLS = [
  '0 to 2,000',
  '4,000 to 6,000',
  '8,000 to 10,000',
  'full, 2,000 later',
  'full, 12,000 later',
] as const;
type Fill = (typeof FILLS)[number];
const STARTS: Record<Fill, number> = {
  '0 to 2,000': 0,
  '4,000 to 6,000': 4_000,
  '8,000 to 10,000': 8_000,
  'full, 2,000 later': 12_000,
  'full, 12,000 later': 22_000,
};

const SIZES = ['300 B', '1 kB', '10 kB', '100 kB', '1 MB'] as const;
type Size = (typeof SIZES)[number];
const BYTES: Record<Size, number> = {
  '300 B': 300,
  '1 kB': 1_000,
  '10 kB': 10_000,
  '100 kB': 100_000,
  '1 MB': 1_000_000,
};
const BYTES_A_SLICE = 1_000_000;
const MOST_A_SLICE = 500;

interface Delivery {
  readonly headers: Record<string, string>;
  readonly rawBody: Buffer;
}

function deliveryOf(bytes: number): Delivery {
  const rawBody = messageBody(bytes);
  return { headers: signedHeaders(rawBody), rawBody };
}

/** Hands all of them over, one after another, and answers the microseconds that one took. */
async function receiveAll(
  { receive }: ReturnType<typeof createWebhookReceiver>,
  deliveries: readonly Delivery[],
): Promise<number> {
  const before = processorMicroseconds();
  for (const delivery of deliveries) {
    const { status } = await receive(delivery);
    if (status !== 200) throw new Error(`A delivery was answered ${status}.`);
  }
  return (processorMicroseconds() - before) / deliveries.length;
}

/** One filling of the store, step by step: its costs by where each step begins. */
async function fill(deliveries: readonly Delivery[]): Promise<Map<number, number>> {
  const receiver = createWebhookReceiver({ secret: SECRET, onMessage: () => {} });
  const costs = new Map<number, number>();
  for (let start = 0; start < deliveries.length; start += STEP) {
    costs.set(start, await receiveAll(receiver, deliveries.slice(start, start + STEP)));
  }
  return costs;
}

async function fillings(scale: number) {
  const deliveries = Array.from({ length: STARTS['full, 12,000 later'] + STEP }, () =>
    deliveryOf(BODY_BYTES),
  );
  let costs = await fill(deliveries);
  let left: Fill[] = [];
  const measure = (name: Fill) => async (): Promise<number> => {
    // Each round is one filling, whichever of its steps is asked for first.
    if (left.length === 0) {
      costs = await fill(deliveries);
      left = [...FILLS];
    }
    left.pop();
    return costs.get(STARTS[name]) ?? Number.NaN;
  };
  const measures = Object.fromEntries(FILLS.map((name) => [name, measure(name)])) as Record<
    Fill,
    () => Promise<number>
  >;
  return compare(measures, { rounds: ROUNDS * scale, warmUp: 1 });
}

/** As many copies as a slice needs. */
function copiesOf(size: Size): Delivery[] {
  const times = Math.min(MOST_A_SLICE, Math.max(2, Math.round(BYTES_A_SLICE / BYTES[size])));
  return new Array<Delivery>(times).fill(deliveryOf(BYTES[size]));
}

function bySize<Result>(make: (deliveries: readonly Delivery[]) => Result): Record<Size, Result> {
  return Object.fromEntries(SIZES.map((size) => [size, make(copiesOf(size))])) as Record<Size, Result>;
}

async function bodies(scale: number) {
  const receiver = createWebhookReceiver({ secret: SECRET, onMessage: () => {}, deliveries: false });
  const options = { rounds: 2 * ROUNDS * scale, warmUp: 4 };
  return {
    costs: await compare(
      bySize((deliveries) => () => receiveAll(receiver, deliveries)),
      options,
    ),
    besideFloor: await compare(
      bySize((deliveries) => async () => (await receiveAll(receiver, deliveries)) / floorOf(deliveries)),
      options,
    ),
  };
}

/** What the floor costs for the same deliveries, in the same microseconds. */
function floorOf(deliveries: readonly Delivery[]): number {
  const before = processorMicroseconds();
  for (const { rawBody } of deliveries) floor(rawBody);
  return (processorMicroseconds() - before) / deliveries.length;
}

/** What a delivery costs as the store fills and as bodies grow. */
export const growth: Bench = {
  title: 'Growth',
  async run(scale) {
    const filled = await fillings(scale);
    const { costs, besideFloor } = await bodies(scale);
    const first: Fill = '0 to 2,000';
    return {
      about:
        `createWebhookReceiver, its memory store with the usual bound of ${BOUND.toLocaleString('en')}, and the processor's ` +
        'time that one delivery takes. Beyond the bound, each delivery makes the store forget the oldest. The floor is one HMAC ' +
        'over the bytes and one JSON.parse; what is past the caches of a processor is dearer to it too.',
      tables: [
        {
          caption: 'As the store fills',
          head: ['deliveries in the store', 'µs', '× the empty one'],
          rows: FILLS.map((name) => [name, show(filled.cost(name)), show(filled.ratio(name, first))]),
        },
        {
          caption: 'As bodies grow',
          head: ['body', 'µs', '× 10 kB', '× the floor'],
          rows: SIZES.map((name) => [
            name,
            show(costs.cost(name)),
            show(costs.ratio(name, '10 kB')),
            show(besideFloor.cost(name)),
          ]),
        },
      ],
      wanted: [
        want('flat until the store is full', filled.ratio('8,000 to 10,000', first), { atMost: 1.25 }),
        want('flat beyond', filled.ratio('full, 12,000 later', first), { atMost: 1.25 }),
        want('linear, 100 kB beside 10 kB', costs.ratio('100 kB', '10 kB'), { atMost: 11 }),
        want('no steeper than the floor, 100 kB beside 10 kB', besideFloor.ratio('100 kB', '10 kB'), {
          atMost: 1.1,
        }),
        want('no steeper than the floor, 1 MB beside 100 kB', besideFloor.ratio('1 MB', '100 kB'), {
          atMost: 1.1,
        }),
      ],
    };
  },
};
