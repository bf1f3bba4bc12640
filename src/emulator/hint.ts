import type { PostOutcome } from './post.ts';

/** What a hint is drawn from. */
export interface HintSource extends PostOutcome {
  /** Where the attempt went. */
  readonly url: string;
  /** How far the emulator's clock is from the machine's. */
  readonly clockOffsetMs: number;
  /** Whether the attempt is tried again. */
  readonly isRetried: boolean;
}

const SECRET_LINE = 'whatsappGatewayWebhook({ secret: process.env.WHATSAPP_GATEWAY_WEBHOOK_SECRET, … })';
const CLOCK_LINE = 'whatsappGatewayWebhook({ now: gateway.clock.now, … })';
const FIRST_SERVER_ERROR = 500;
const REDIRECT = 300;
const BAD_REQUEST = 400;

/** The middleware's own code in an answer, `{"error":"code"}`. */
function codeIn(body: string | undefined): string | undefined {
  try {
    const value: unknown = JSON.parse(body ?? '');
    const code = typeof value === 'object' && value !== null && 'error' in value ? value.error : undefined;
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}

function hintOfError(error: Error & { readonly code?: string }, { url, isRetried }: HintSource): string {
  const { origin } = new URL(url);
  const next = isRetried ? ' It is delivered as soon as something does.' : '';
  if (error.code === 'ECONNREFUSED') {
    return `Nothing listens at ${origin}. Start the app, or set the webhook to where it listens.${next}`;
  }
  if (error.code === 'ENOTFOUND')
    return `There is no host of this name: ${origin}. Correct the webhook's URL.`;
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') {
    return 'The app closed the connection without an answer: look for a crash in its log.';
  }
  return `There was no whole answer: ${error.message}`;
}

function hintOf401(code: string | undefined, { clockOffsetMs }: HintSource): string {
  if (code === 'timestamp_out_of_range') {
    return clockOffsetMs === 0
      ? "The app's clock differs from this machine's: run NTP where the app runs."
      : `The emulator's clock was moved, the app's was not. In the app's test: ${CLOCK_LINE}`;
  }
  if (code === 'missing_header') {
    return 'Something between here and the app drops headers that begin with X-WhatsApp-Gateway-.';
  }
  return (
    "Most likely the app's secret is not this emulator's. Set WHATSAPP_GATEWAY_WEBHOOK_SECRET to the emulator's secret " +
    `and build the webhook with it: ${SECRET_LINE}. If the secret is right, something parses the body before it is ` +
    'checked: mount the webhook above express.json().'
  );
}

function hintOfStatus(status: number, source: HintSource): string | undefined {
  const code = codeIn(source.body);
  if (status === 401 || status === 403) return hintOf401(code, source);
  if (status === 404 || status === 405) {
    return `The app has no POST route at ${new URL(source.url).pathname}. Correct the webhook's URL, or mount it there.`;
  }
  if (status === 413) return 'The app takes no body of this size: raise its limit (bodyLimitBytes).';
  if (status === 415)
    return 'The app refuses the content type or encoding: it must take application/json as it is.';
  if (status >= REDIRECT && status < BAD_REQUEST) {
    return 'Redirects are not followed. Set the webhook to the address where the app answers.';
  }
  if (code === 'raw_body_unavailable') {
    return 'A parser read the body first. Mount the webhook above express.json().';
  }
  if (code === 'handler_timeout') return 'The handler took too long: queue slow work and return.';
  if (code === 'handler_failed') return "The app's handler threw: look for the error in the app's log.";
  if (status >= FIRST_SERVER_ERROR) return "The app failed: look for the error in the app's log.";
  return status >= BAD_REQUEST ? `The app refused it${code === undefined ? '' : `: ${code}`}.` : undefined;
}

/** The likely cause of a failed attempt and what to change; nothing for one that did well. */
export function hintAt(source: HintSource): string | undefined {
  if (source.error !== undefined) return hintOfError(source.error, source);
  return source.status === undefined ? undefined : hintOfStatus(source.status, source);
}
