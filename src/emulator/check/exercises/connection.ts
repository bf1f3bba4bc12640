import { type Answer, describeAnswer, isRedirect, type NoAnswer } from '../answer.ts';
import { type Bench, WRONG_SECRET } from '../bench.ts';
import { notRun, pass } from '../judge.ts';
import { CHECK_SLOW_ANSWER_MS } from '../limits.ts';
import type { Finding, Probe } from '../probe.ts';

/** The lines about whether there is a usable answer at all. */
export const connectionProbes: readonly Probe[] = [
  { id: 'reachable', group: 'connection', title: 'The app listens at the address' },
  { id: 'in-time', group: 'connection', title: 'A delivery is answered in time' },
  { id: 'no-redirect', group: 'connection', title: 'A delivery is answered where it arrives' },
];

const CONNECTED = 'a connection was made';
const UNPARSED_TYPE = 'application/octet-stream';
/** How long a receiver that has just let us wait is waited for again. */
const DIAGNOSIS_TIMEOUT_MS = 2_000;

/** What the first delivery says about the connection, and which probe stands in the way of all others, if any. */
export interface Connection {
  readonly findings: readonly Finding[];
  readonly blockedBy?: string;
}

async function diagnoseHang(bench: Bench, hung: Answer): Promise<Finding> {
  const patient = bench.config.timeoutMs;
  const timeoutMs = Math.min(patient, DIAGNOSIS_TIMEOUT_MS);
  const forged = await bench.post(bench.sign(bench.message(), { secret: WRONG_SECRET }), timeoutMs);
  if (forged.type === 'http') {
    const reason = `${describeAnswer(hung)}, yet a forged delivery is answered ${forged.status} at once`;
    return { status: 'fail', reason, topic: 'hang-handler', answers: [hung, forged] };
  }
  const { headers, ...rest } = bench.sign(bench.message());
  const unparsed = await bench.post(
    { ...rest, headers: { ...headers, 'content-type': UNPARSED_TYPE } },
    timeoutMs,
  );
  const answers = [hung, forged, unparsed];
  if (unparsed.type !== 'http') {
    return { status: 'fail', reason: describeAnswer(hung), topic: 'hang', answers };
  }
  const reason =
    `${describeAnswer(hung)}, yet the same is answered ${unparsed.status} at once when it is not declared as JSON: ` +
    'a JSON body parser is in front';
  return { status: 'fail', reason, topic: 'hang-parser', answers };
}

/** Why there was no answer at all, and which probes that leaves without a subject. */
async function judgeSilence(bench: Bench, first: NoAnswer): Promise<Connection> {
  const answers = [first];
  const reason = describeAnswer(first);
  if (first.type === 'unreachable') {
    const failed: Finding = { status: 'fail', reason, topic: 'unreachable', answers };
    return { findings: [failed, notRun('reachable'), notRun('reachable')], blockedBy: 'reachable' };
  }
  const failed: Finding =
    first.type === 'timeout'
      ? await diagnoseHang(bench, first)
      : { status: 'fail', reason, topic: 'broken', answers };
  return { findings: [pass(answers, CONNECTED), failed, notRun('in-time')], blockedBy: 'in-time' };
}

/** Judges the connection by the answer to a first good delivery. */
export async function judgeConnection(bench: Bench, first: Answer): Promise<Connection> {
  if (first.type !== 'http') return judgeSilence(bench, first);
  const answers = [first];
  const took = `answered after ${Math.round(first.durationMs)} ms`;
  const timely: Finding =
    first.durationMs < CHECK_SLOW_ANSWER_MS
      ? pass(answers, took)
      : { status: 'warn', reason: took, topic: 'slow-answer', answers };
  const reached = [pass(answers, CONNECTED), timely];
  if (!isRedirect(first)) return { findings: [...reached, pass(answers, `answered ${first.status}`)] };
  const failed: Finding = { status: 'fail', reason: describeAnswer(first), topic: 'redirect', answers };
  return { findings: [...reached, failed], blockedBy: 'no-redirect' };
}
