import { MESSAGE_STATUS_UPDATED, RECIPIENT_OPTED_OUT } from '../../../protocol.ts';
import { messageStatusUpdated, recipientOptedOut } from '../../../testing/events.ts';
import type { AdviceTopic } from '../advice.ts';
import type { Answer } from '../answer.ts';
import type { Bench } from '../bench.ts';
import { soften, wantAccepted } from '../judge.ts';
import type { Exercise } from '../probe.ts';

interface GoodProbe {
  readonly id: string;
  readonly title: string;
  readonly topic: AdviceTopic;
  /** Whether the gateway's part in it is only assumed. */
  readonly assumed?: boolean;
  deliver(bench: Bench): readonly Promise<Answer>[];
}

const SECOND_MS = 1_000;

function timestampProbe(id: string, unit: string, unitMs: number): GoodProbe {
  return {
    id,
    title: `A timestamp in Unix ${unit} is understood (assumed)`,
    topic: 'timestamp-form',
    assumed: true,
    deliver: (bench) => [
      bench.deliver(bench.message(), { timestamp: String(Math.floor(Date.now() / unitMs)) }),
    ],
  };
}

const probes: readonly GoodProbe[] = [
  {
    id: 'arabic-and-emoji',
    title: 'Arabic and emoji are taken, written as UTF-8',
    topic: 'utf8',
    deliver: (bench) => [
      bench.deliver(bench.message({ message_text: `${bench.text()} أين طلبي؟ 👩‍👩‍👧‍👦 🇸🇦` })),
    ],
  },
  {
    id: 'known-events',
    title: `${RECIPIENT_OPTED_OUT} and ${MESSAGE_STATUS_UPDATED} are taken`,
    topic: 'known-events',
    deliver: (bench) => {
      const own = { instance_id: bench.config.instanceId };
      return [
        bench.deliver(recipientOptedOut({ ...own, from: bench.phone })),
        bench.deliver(messageStatusUpdated({ ...own, message_id: bench.text() })),
      ];
    },
  },
  {
    id: 'unknown-event',
    title: 'Events with names that nobody knows yet are taken',
    topic: 'unknown-event',
    deliver: (bench) =>
      ['instance.renamed', 'constructor'].map((event) => bench.deliver(bench.message({ event }))),
  },
  {
    id: 'unknown-field',
    title: 'A message with fields that nobody documented is taken',
    topic: 'unknown-field',
    deliver: (bench) => [bench.deliver(bench.message({ extra_check: { nested: [1, null, true] } }))],
  },
  {
    id: 'from-without-plus',
    title: 'A sender without a plus sign is understood',
    topic: 'plus',
    deliver: (bench) => [bench.deliver(bench.message({ from: bench.phone.slice(1) }))],
  },
  timestampProbe('timestamp-seconds', 'seconds', SECOND_MS),
  timestampProbe('timestamp-milliseconds', 'milliseconds', 1),
];

/** What a receiver must take beside a plain message. */
export const goodExercises: readonly Exercise[] = probes.map(({ id, title, topic, assumed, deliver }) => ({
  probes: [{ id, group: 'good', title }],
  async run(bench) {
    const finding = wantAccepted(await Promise.all(deliver(bench)), topic);
    return [assumed ? soften(finding) : finding];
  },
}));
