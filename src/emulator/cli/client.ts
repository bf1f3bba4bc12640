import type { ErrorJson } from '../control/json-types.ts';
import { EMULATOR_PATH } from '../limits.ts';
import { DEFAULT_PORT } from './defaults.ts';
import { CliError, exitCodes } from './exit-codes.ts';

/** Speaks to a running emulator. */
export interface ControlClient {
  /** The emulator's address. */
  readonly url: string;
  /** @throws CliError when nothing answers, or the answer is no. */
  call<Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer>;
}

const ANSWER_TIMEOUT_MS = 5_000;

function isError(value: unknown): value is ErrorJson {
  return typeof value === 'object' && value !== null && 'error' in value && 'message' in value;
}

/** Makes a client for the emulator at a URL, or at the port where it listens by default. */
export function createControlClient(address: string | undefined): ControlClient {
  const text = address ?? `http://127.0.0.1:${DEFAULT_PORT}`;
  if (!URL.canParse(text)) {
    throw new CliError(
      exitCodes.usage,
      `--url is ${JSON.stringify(text)}. Give it whole: http://127.0.0.1:4800.`,
    );
  }
  const { origin } = new URL(text);
  return {
    url: origin,
    async call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
      let response: Response;
      try {
        response = await fetch(`${origin}${EMULATOR_PATH}/v1${path}`, {
          method,
          ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        });
      } catch (cause) {
        const advice = 'Start one with `npx whatsapp-gateway-emulator`, or name it with --url.';
        throw new CliError(exitCodes.unreachable, `No emulator answers at ${origin}. ${advice}`, { cause });
      }
      const answer: unknown = await response.json().catch(() => undefined);
      if (response.ok) return answer as Answer;
      const why = isError(answer) ? answer.message : `It answered ${response.status}: is that an emulator?`;
      throw new CliError(exitCodes.failed, why);
    },
  };
}
