import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { EMULATOR_PATH } from '../limits.ts';
import { isLoopback } from '../loopback.ts';
import { ControlError } from './errors.ts';

/** Refuses callers that must not reach the control API or the page. */
export type Guard = (request: IncomingMessage) => void;

const AUTHORITY = /^[^\s/?#@\\]+$/u;
const BRACKETS = /^\[|\]$/gu;
const EVERYWHERE: readonly string[] = ['0.0.0.0', '::'];

function parseHost(protocol: string, host: string | undefined): URL | undefined {
  const text = `${protocol}//${host}`;
  return host !== undefined && AUTHORITY.test(host) && URL.canParse(text) ? new URL(text) : undefined;
}

/**
 * Which names this emulator answers to. One that listens everywhere cannot know its own, so there it takes addresses
 * and names without a dot (`emulator`, as in Docker Compose): a site that rebinds its DNS has neither.
 */
function createNameCheck(listensAt: string): (hostname: string) => boolean {
  const isEverywhere = EVERYWHERE.includes(listensAt);
  const own = listensAt.toLowerCase();
  return (hostname) => {
    const bare = hostname.replace(BRACKETS, '');
    if (isLoopback(hostname) || bare === own) return true;
    return isEverywhere && (isIP(bare) !== 0 || !bare.includes('.'));
  };
}

/** Following a link to the page is all that another site may do. */
function isNavigationToPage({ method, url = '/', headers }: IncomingMessage): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    !url.startsWith(EMULATOR_PATH)
  );
}

function isForeign(request: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined) {
    const from = URL.canParse(origin) ? new URL(origin) : undefined;
    if (from === undefined || from.host !== parseHost(from.protocol, host)?.host) return true;
  }
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  return !isOwn && !isNavigationToPage(request);
}

/**
 * Makes the guard: it refuses a `Host` that is not this machine's (a site that has rebound its own name to it), and
 * whatever a browser sends on behalf of another site, other ports of this machine included.
 *
 * @param listensAt - The address that the emulator listens at.
 */
export function createGuard(listensAt: string): Guard {
  const isOwnName = createNameCheck(listensAt);
  return (request) => {
    const host = parseHost('http:', request.headers.host);
    if (host === undefined || !isOwnName(host.hostname)) {
      throw new ControlError(
        'host_not_allowed',
        'The Host header does not name this machine. Call the emulator as 127.0.0.1 or localhost; to be reached by ' +
          'others it must be started with allowRemote and the host they call it by.',
      );
    }
    if (isForeign(request)) {
      throw new ControlError(
        'origin_not_allowed',
        "Another site's page sent this. Only the emulator's own page and programs may: call from your server or test.",
      );
    }
  };
}
