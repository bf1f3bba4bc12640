/** What a page server is started with. */
export interface BackendOptions {
  /** Where the app takes deliveries. */
  readonly webhookUrl: string;
  /** The folder of the built page. */
  readonly pageFolder: string;
}

/** What stands behind a page server: the fake, or the emulator itself. */
export interface Backend {
  readonly url: string;
  readonly apiKey: string;
  readonly instanceId: string;
  /** Comes back at the same address. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one. */
export type StartBackend = (options: BackendOptions) => Promise<Backend>;

/** The second attempt comes this soon, and there is no third. */
export const RETRY_MS = 150;
export const ATTEMPTS_MAX = 2;
