import { type Answer, isRefused } from '../answer.ts';
import type { Bench } from '../bench.ts';
import { soften, wantAccepted } from '../judge.ts';
import { CHECK_LARGE_BODY_BYTES, CHECK_LARGE_TEXT_CHARACTERS } from '../limits.ts';
import type { Exercise, Finding } from '../probe.ts';

const PAYLOAD_TOO_LARGE = 413;
const NOT_IMPLEMENTED = 501;
const LETTER = 'ط';
/** Several bytes each, so that a cut can go through a letter. */
const LETTERS_TO_CUT = 'أين طلبي رقم ١٠٤٢؟ '.repeat(4);

function largeMessage(bench: Bench): object {
  const message_text = bench.text() + LETTER.repeat(CHECK_LARGE_TEXT_CHARACTERS);
  const message = bench.message({ message_text, extra_check: '' });
  const missing = CHECK_LARGE_BODY_BYTES - bench.sign(message).rawBody.length;
  return { ...message, extra_check: 'x'.repeat(missing) };
}

function judgeLarge(answer: Answer): Finding {
  if (answer.type !== 'http' || answer.status !== PAYLOAD_TOO_LARGE) return wantAccepted([answer], 'large');
  return soften(wantAccepted([answer], 'large-refused'));
}

/** Whether the gateway ever sends chunks is not known: who says that they are not understood is only warned. */
function judgeChunked(answer: Answer): Finding {
  const finding = wantAccepted([answer], 'chunked');
  const isPlainRefusal = isRefused(answer) || (answer.type === 'http' && answer.status === NOT_IMPLEMENTED);
  return isPlainRefusal ? soften(finding) : finding;
}

/** Bodies that are large, slow or in chunks. */
export const bodyExercises: readonly Exercise[] = [
  {
    probes: [
      { id: 'large', group: 'body', title: 'A message of 200 KB is taken, or refused with a readable 413' },
    ],
    run: async (bench) => [judgeLarge(await bench.deliver(largeMessage(bench)))],
  },
  {
    probes: [{ id: 'slow', group: 'body', title: 'A body that comes in pieces over a second is taken' }],
    async run(bench) {
      const event = bench.message({ message_text: bench.text() + LETTERS_TO_CUT });
      return [wantAccepted([await bench.deliver(event, { pace: 'slow' })], 'slow-body')];
    },
  },
  {
    probes: [{ id: 'chunked', group: 'body', title: 'A chunked body is taken (assumed)' }],
    async run(bench) {
      const event = bench.message({ message_text: bench.text() + LETTERS_TO_CUT });
      return [judgeChunked(await bench.deliver(event, { pace: 'chunked' }))];
    },
  },
];
