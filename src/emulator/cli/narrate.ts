import type { AttemptJson, DeliveryJson, RequestJson } from '../control/json-types.ts';
import { type Output, oneLine } from './output.ts';

const FIRST_ERROR_STATUS = 400;

function quote(text: string | null): string {
  return text === null ? '' : ` «${oneLine(text)}»`;
}

function howItWent({ response, error }: AttemptJson): string {
  if (response !== null) return String(response.status);
  return error === null ? 'no answer' : `${error.code}: ${oneLine(error.message)}`;
}

/** What became of a request to the gateway, for people to read. */
export function narrateRequest(request: RequestJson, { paint }: Output): readonly string[] {
  const { method, path, phone, text, answer, code, why, docsUrl, fault } = request;
  const status = answer === null ? 'no answer' : String(answer.status);
  const refused = answer === null || answer.status >= FIRST_ERROR_STATUS;
  const what = phone === null ? `${method} ${oneLine(path)}` : `to ${phone}${quote(text)}`;
  const result = code === null ? status : `${status} ${code}`;
  return [
    `${paint('bold', 'app → gateway')}  ${what}  ${paint(refused ? 'red' : 'green', result)}`,
    ...(fault === null ? [] : [`    fault: ${fault}`]),
    ...(why === null ? [] : [`    ${oneLine(why)}${docsUrl === null ? '' : ` (${docsUrl})`}`]),
  ];
}

/** What became of the latest attempt of a delivery, for people to read. */
export function narrateAttempt(
  delivery: DeliveryJson,
  attempt: AttemptJson,
  { paint }: Output,
): readonly string[] {
  const { event, from, text, nextAttemptAt } = delivery;
  const name = oneLine(event ?? 'delivery');
  const who = from === null ? '' : ` from ${oneLine(from)}`;
  const again = attempt.number > 1 ? ` (attempt ${attempt.number})` : '';
  const good = attempt.response !== null && attempt.response.status < 300;
  return [
    `${paint('bold', 'gateway → app')}  ${name}${who}${quote(text)}${again}  ${paint(good ? 'green' : 'red', howItWent(attempt))}`,
    ...(attempt.fault === null ? [] : [`    fault: ${attempt.fault}`]),
    ...(attempt.hint === null ? [] : attempt.hint.split('\n').map((hint) => `    ${hint}`)),
    ...(good || nextAttemptAt === null ? [] : [`    tried again at ${nextAttemptAt}`]),
  ];
}
