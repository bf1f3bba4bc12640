import type { AdviceTexts } from './texts.ts';

/** How a webhook is mounted so that nobody reads its body first. */
export const MOUNT: string =
  "Move app.post('{path}', …) above app.use(express.json()). Where that cannot be, keep the bytes: " +
  'app.use(express.json({ verify: (req, _res, bytes) => { Object.assign(req, { rawBody: bytes }); } })) and check req.rawBody.';

/** Why there is no usable answer. */
export type ConnectionTopic =
  | 'unreachable'
  | 'redirect'
  | 'hang-parser'
  | 'hang-handler'
  | 'hang'
  | 'slow-answer'
  | 'broken';

/** No usable answer at all. */
export const connectionAdvice: Readonly<Record<ConnectionTopic, AdviceTexts>> = {
  unreachable: {
    general:
      'Start the app, and see that host and port are those it listens on (in a container it must listen on ' +
      '0.0.0.0 and publish the port). Behind https the certificate must be valid: NODE_EXTRA_CA_CERTS names one of ' +
      'your own.',
  },
  redirect: {
    general:
      'The gateway does not follow redirects, so the delivery is lost. Enter the final address in the dashboard, or ' +
      'exempt {path} from the redirect (to https, to a trailing slash, to a log-in page).',
  },
  'hang-parser': {
    general:
      'A JSON body parser reads the body before your webhook does, and the webhook then waits for ever for bytes ' +
      'that have already gone. Take the raw body before any parser, or have the parser keep it. In Express: ' +
      `${MOUNT}`,
    express:
      'express.json() stands above the webhook and has read the body; the webhook then waits for ever for bytes ' +
      `that have already gone. ${MOUNT}`,
  },
  'hang-handler': {
    general:
      'A forged delivery is refused at once, so it is the code behind the signature check that does not end, or ' +
      'ends without an answer. Give everything that it waits for a time limit, and queue slow work.',
  },
  hang: {
    general:
      'Answer every request, also where something fails: look for a code path without an answer, a promise that ' +
      'nobody awaits or catches, and a call with no time limit. The gateway may take silence for a failure.',
  },
  'slow-answer': {
    general:
      'Answer as soon as the event is checked and stored, and do slow work from a queue. A development server that ' +
      'compiles at the first request is no reason to worry: run the check again.',
    ours:
      'Queue slow work (createEventQueue of express-whatsapp-gateway/bullmq). A development server that compiles at ' +
      'the first request is no reason to worry: run the check again.',
  },
  broken: {
    general:
      'The connection was closed where an answer was due: the process or the worker most likely crashed. Look into ' +
      "the app's log, and answer 4xx or 5xx instead.",
  },
};
