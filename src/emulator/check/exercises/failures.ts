import { type Answer, describeAnswer, isAccepted, isRefused } from '../answer.ts';
import type { Bench } from '../bench.ts';
import { pass, skip } from '../judge.ts';
import type { Exercise, Finding } from '../probe.ts';

const TOO_MANY_REQUESTS = 429;

/** A failure that the gateway may take as «come again». */
function asksForRetry(answer: Answer): boolean {
  return answer.type === 'http' && (answer.status >= 500 || answer.status === TOO_MANY_REQUESTS);
}

function judgeFirst({ config }: Bench, answer: Answer): Finding {
  const answers = [answer];
  const reason = describeAnswer(answer);
  if (asksForRetry(answer)) return pass(answers, reason);
  if (isAccepted(answer)) {
    return config.failureExpected
      ? { status: 'fail', reason: `${reason}, although the handler fails`, topic: 'early-answer', answers }
      : skip(`${reason}; no failure can be seen from outside`, 'failing', answers);
  }
  if (isRefused(answer)) {
    return { status: 'fail', reason: `${reason}; wanted is a 5xx`, topic: 'failure-as-4xx', answers };
  }
  return { status: 'fail', reason: `${reason}; wanted is a 5xx`, topic: 'hang', answers };
}

function judgeAgain({ config }: Bench, first: Answer, again: Answer): Finding {
  const answers = [first, again];
  const reason = `first ${describeAnswer(first)}, then ${describeAnswer(again)}`;
  if (!isAccepted(again)) return pass(answers, reason);
  // Where nobody vouches for the failure it may have passed by itself.
  const status = config.failureExpected ? 'fail' : 'warn';
  return { status, reason, topic: 'failed-remembered', answers };
}

/** A delivery on which the app's handler fails: only the app can arrange that, so much of it may be skipped. */
export const failuresExercise: Exercise = {
  probes: [
    { id: 'failing-handler', group: 'failures', title: 'A delivery whose handler fails is answered 5xx' },
    {
      id: 'failed-again',
      group: 'failures',
      title: 'A delivery whose handler failed is tried anew when it comes again',
    },
  ],
  async run(bench) {
    const outgoing = bench.sign(bench.message({ from: bench.config.failingPhone }));
    const first = await bench.post(outgoing);
    const finding = judgeFirst(bench, first);
    if (!asksForRetry(first)) return [finding, skip('not run: needs a delivery that was answered 5xx')];
    return [finding, judgeAgain(bench, first, await bench.post(outgoing))];
  },
};
