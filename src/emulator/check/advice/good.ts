import { MOUNT } from './connection.ts';
import type { AdviceTexts } from './texts.ts';

const FORMULA = 'hex(HMAC-SHA256(secret, timestamp header + "." + raw body))';

/** Why a good delivery is not taken. */
export type GoodTopic =
  | 'route'
  | 'secret'
  | 'reserialised'
  | 'body-only'
  | 'timestamp-iso'
  | 'mount'
  | 'crash'
  | 'encoding'
  | 'utf8'
  | 'known-events'
  | 'unknown-field'
  | 'plus'
  | 'timestamp-form'
  | 'unknown-event';

/** Good deliveries that were not taken. */
export const goodAdvice: Readonly<Record<GoodTopic, AdviceTexts>> = {
  route: {
    general:
      'Nothing takes a POST at {path}. Compare the path, prefixes included, and the method of the route.',
    express:
      "No route takes a POST at {path}. Compare with app.post('{path}', …), the prefix of its router included.",
  },
  secret: {
    general:
      'Every good delivery is refused, however its JSON is written, so most likely the secret differs: compare it ' +
      'with that of the dashboard and of --secret (another environment? quotes or white space round it? was the ' +
      `process restarted?). If it is the same, compare the formula: sha256= and ${FORMULA}, the secret being the ` +
      'key as plain text.',
    ours:
      'Every good delivery is refused, however its JSON is written, so the secret differs: compare the one passed ' +
      'to whatsappGatewayWebhook({ secret }) with that of the dashboard and of --secret (another environment? ' +
      'quotes round it? was the process restarted?).',
  },
  reserialised: {
    general:
      'Your framework parses the JSON and writes it anew before it is checked; the secret is right. Compute the ' +
      'HMAC over the bytes as they came (Express: a route above express.json(); Flask: request.get_data(); ' +
      "Django: request.body; PHP: file_get_contents('php://input'); Rails: request.raw_post).",
    express:
      'The body is parsed and written anew before it is checked; the secret is right. Never sign ' +
      `JSON.stringify(req.body). ${MOUNT}`,
  },
  'body-only': {
    general: `The timestamp is left out of what is signed. The formula is ${FORMULA}.`,
  },
  'timestamp-iso': {
    general:
      'The timestamp is read as a number only. The one published example is ISO 8601, 2026-05-08T10:00:00Z: accept ' +
      'that, and sign the text of the header as it came.',
  },
  mount: {
    general: `The body was read before the webhook saw it. ${MOUNT}`,
  },
  crash: {
    general: "The app failed on a good delivery. Look into its log for the error at this check's time.",
    express:
      "The app failed on a good delivery. Look into its log. If it fails on the body's type, the body was parsed " +
      `first: ${MOUNT}`,
    ours:
      "Your handler threw: the error's cause is in your error handler and in onOutcome. If the code is " +
      `raw_body_unavailable, the body was read first: ${MOUNT}`,
  },
  encoding: {
    general:
      'The same event is taken when its JSON is written another way, so something depends on the spelling of the ' +
      'JSON. Check the signature over the raw bytes before any parser, and read the result with a JSON parser only.',
  },
  utf8: {
    general:
      'Only text beyond ASCII goes wrong: sign the bytes and not a text made of them, decode as UTF-8, and look ' +
      'whether the database takes four-byte letters (MySQL: utf8mb4).',
  },
  'known-events': {
    general:
      'recipient.opted_out and message.status_updated come to the same address as messages: take them too. Of a ' +
      'status only the name is published, so rely on none of its other fields; an opt-out has at least `from`.',
  },
  'unknown-field': {
    general:
      'The gateway sends at least one field that is not published. Ignore what you do not know: let your schema ' +
      'allow additional properties.',
  },
  plus: {
    general:
      '`from` comes with and without a plus sign. Bring it to one spelling before you look anybody up.',
    ours: 'Look people up by context.phone: it has one spelling, whichever came.',
  },
  'timestamp-form': {
    general:
      'That the gateway sends this form is only assumed; its one published example is ISO 8601. Accepting it costs ' +
      'a line: nine or ten digits are seconds, twelve or thirteen milliseconds.',
  },
  'unknown-event': {
    general:
      'Answer 2xx to events you do not know, names such as constructor included: the gateway may add some at any ' +
      'time, and would send one that fails again and again. Look handlers up in a Map or a switch with a default.',
    ours: 'An event with no handler is answered 200 by itself: your onEvent threw. Let it ignore what it does not know.',
  },
};
