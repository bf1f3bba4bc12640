import type { BodyStyle } from '../../encode-body.ts';
import type { AdviceTopic } from '../advice.ts';
import { type Answer, describeAnswer, isAccepted, isRefused } from '../answer.ts';
import type { Bench } from '../bench.ts';
import { ownCode } from '../framework.ts';
import { notRun, wantAccepted } from '../judge.ts';
import type { Finding, Probe } from '../probe.ts';
import { type Cause, findCause } from '../suspects.ts';

/** The lines about the gateway's possible JSON encoders, the plainest first. */
export const encodingProbes: readonly Probe[] = [
  { id: 'good-js', group: 'good', title: 'A good delivery is taken, as JSON.stringify writes it' },
  { id: 'good-php', group: 'good', title: "A good delivery is taken, as PHP's json_encode writes it" },
  { id: 'good-pretty', group: 'good', title: 'A good delivery is taken, written over several lines' },
];

/** What is known once a delivery of each style was tried. */
export interface Encodings {
  readonly findings: readonly Finding[];
  /** The style for all other probes: the first one that is taken, if any. */
  readonly style?: BodyStyle;
}

const ROUTE_STATUSES: readonly number[] = [404, 405];

function isNoRoute(answer: Answer): boolean {
  return answer.type === 'http' && ROUTE_STATUSES.includes(answer.status);
}

function topicOf(answer: Answer, anyAccepted: boolean, cause: Cause | undefined): AdviceTopic {
  if (isNoRoute(answer)) return 'route';
  if (ownCode(answer) === 'raw_body_unavailable') return 'mount';
  if (cause !== undefined) return cause.topic;
  if (anyAccepted) return 'encoding';
  return isRefused(answer) ? 'secret' : 'crash';
}

/** Tries the other styles beside the first delivery, which was written as `js`, and finds out why some are refused. */
export async function tryEncodings(bench: Bench, js: Answer): Promise<Encodings> {
  if (isNoRoute(js)) {
    return { findings: [wantAccepted([js], 'route'), notRun('good-js'), notRun('good-js')] };
  }
  const event = bench.message();
  const php = await bench.deliver(bench.message({ message_text: `${bench.text()} ✓` }), { style: 'php' });
  const pretty = await bench.deliver(event, { style: 'pretty' });
  const tried: readonly (readonly [BodyStyle, Answer])[] = [
    ['js', js],
    ['php', php],
    ['pretty', pretty],
  ];
  const accepted = tried.find(([, answer]) => isAccepted(answer));
  const cause = tried.every(([, answer]) => isAccepted(answer)) ? undefined : await findCause(bench);
  const findings = tried.map(([, answer]) => {
    const finding = wantAccepted([answer], topicOf(answer, accepted !== undefined, cause));
    if (cause === undefined || finding.topic !== cause.topic) return finding;
    return { ...finding, reason: `${describeAnswer(answer)}, ${cause.proof}` };
  });
  return accepted === undefined ? { findings } : { findings, style: accepted[0] };
}
