import { type Answer, describeAnswer, isAccepted } from '../answer.ts';
import type { Bench } from '../bench.ts';
import { type EffectsMeter, startMeter } from '../effects.ts';
import { notRun, pass, skip, wantAccepted } from '../judge.ts';
import type { Outgoing } from '../post.ts';
import type { Exercise, Finding } from '../probe.ts';

/** What may be told to one of two copies that meet, so that it comes again later. */
const COME_AGAIN: readonly number[] = [409, 423, 425, 429, 503];
const NOTHING_COUNTED = 'the app did nothing for the message that could be counted';

function judgeOnce(
  counted: number,
  expected: number,
  topic: 'duplicate-twice' | 'concurrent-twice',
): Finding {
  if (counted <= expected) return pass([], `${counted} more effects, ${expected} expected at the most`);
  const reason = `${counted} more effects, ${expected} expected at the most`;
  return { status: 'fail', reason, topic, answers: [] };
}

function judgeConcurrent(answers: readonly Answer[]): Finding {
  const seen = answers.map(describeAnswer).join(', the other ');
  const isAllowed = (answer: Answer) =>
    isAccepted(answer) || (answer.type === 'http' && COME_AGAIN.includes(answer.status));
  if (answers.some(isAccepted) && answers.every(isAllowed)) return pass(answers, `one ${seen}`);
  const reason = `one ${seen}; wanted are a 2xx and a 2xx, 409 or 503`;
  return { status: 'fail', reason, topic: 'concurrent-answer', answers };
}

/** The findings for a copy that comes later, and how many effects a single message has. */
async function tryCopy(
  bench: Bench,
  outgoing: Outgoing,
  meter: EffectsMeter | undefined,
): Promise<{ findings: readonly [Finding, Finding]; perMessage: number }> {
  const first = await bench.post(outgoing);
  if (!isAccepted(first)) {
    const refused = skip(`the first copy was not taken: it ${describeAnswer(first)}`, undefined, [first]);
    return { findings: [refused, notRun('duplicate')], perMessage: 0 };
  }
  const perMessage = (await meter?.read()) ?? 0;
  const second = await bench.post(outgoing);
  const answered = wantAccepted([second], 'duplicate-answer');
  if (meter === undefined || perMessage === 0) return { findings: [answered, unseen(meter)], perMessage };
  return { findings: [answered, judgeOnce(await meter.readRest(), 0, 'duplicate-twice')], perMessage };
}

function unseen(meter: EffectsMeter | undefined): Finding {
  return skip(meter === undefined ? 'not visible from outside' : NOTHING_COUNTED, 'effects');
}

async function tryBoth(bench: Bench): Promise<readonly Finding[]> {
  const meter = await startMeter(bench);
  const copy = await tryCopy(bench, bench.sign(bench.message()), meter);
  const outgoing = bench.sign(bench.message());
  const answers = await Promise.all([bench.post(outgoing), bench.post(outgoing)]);
  const met = judgeConcurrent(answers);
  if (meter === undefined || copy.perMessage === 0) return [...copy.findings, met, unseen(meter)];
  return [...copy.findings, met, judgeOnce(await meter.read(), copy.perMessage, 'concurrent-twice')];
}

/** The same bytes twice: first one after the other, which tells what one message does, then at the same moment. */
export const duplicatesExercise: Exercise = {
  probes: [
    { id: 'duplicate', group: 'duplicates', title: 'A copy of a finished delivery is answered 2xx' },
    {
      id: 'duplicate-once',
      group: 'duplicates',
      title: 'A copy of a finished delivery is not handled again',
    },
    { id: 'concurrent', group: 'duplicates', title: 'Two copies at the same moment are answered well' },
    { id: 'concurrent-once', group: 'duplicates', title: 'Two copies at the same moment are handled once' },
  ],
  run: tryBoth,
};
