import type { AdviceTopic } from './advice.ts';
import { type Answer, describeAnswer, isAccepted, isRedirect, isRefused } from './answer.ts';
import type { Finding } from './probe.ts';

function noAnswerTopic(answer: Answer): AdviceTopic | undefined {
  if (answer.type === 'timeout') return 'hang';
  if (answer.type === 'broken' || answer.type === 'unreachable') return 'broken';
  return isRedirect(answer) ? 'redirect' : undefined;
}

/** A finding that nothing was wrong. */
export function pass(answers: readonly Answer[], reason: string): Finding {
  return { status: 'pass', reason, answers };
}

/** A finding that nothing could be found out. */
export function skip(reason: string, topic?: AdviceTopic, answers: readonly Answer[] = []): Finding {
  return { status: 'skip', reason, answers, ...(topic && { topic }) };
}

/** Wants every delivery taken, with any 2xx. */
export function wantAccepted(answers: readonly Answer[], topic: AdviceTopic): Finding {
  const wrong = answers.find((answer) => !isAccepted(answer));
  if (wrong === undefined) return pass(answers, answers.map(describeAnswer).at(-1) ?? '');
  const reason = `${describeAnswer(wrong)}; wanted is a 2xx`;
  return { status: 'fail', reason, topic: noAnswerTopic(wrong) ?? topic, answers };
}

/** Wants a delivery refused, with any 4xx: a 5xx is an accident and no answer is none. */
export function wantRefused(answer: Answer, topic: AdviceTopic): Finding {
  const answers = [answer];
  if (isRefused(answer)) return pass(answers, describeAnswer(answer));
  const reason = `${describeAnswer(answer)}; wanted is a 401`;
  if (isAccepted(answer)) return { status: 'fail', reason, topic, answers };
  return { status: 'fail', reason, topic: noAnswerTopic(answer) ?? 'crash-on-bad', answers };
}

/** The same finding, but only as a warning: what it rests on is assumed. */
export function soften(finding: Finding): Finding {
  return finding.status === 'fail' ? { ...finding, status: 'warn' } : finding;
}

/** What every probe behind a failed one says. */
export function notRun(blockedBy: string): Finding {
  return skip(`not run: see ${blockedBy}`);
}
