import { KEEP_ALIVE_MS } from '../protocol.ts';
import { createConnector, openDirect } from './connector.ts';
import type { SendDispatcher } from './exchange.ts';
import { openThroughProxy, type ProxyConfig } from './proxy.ts';

/** What a sender's own connections are made by. */
export interface ConnectionConfig {
  readonly origin: string;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly proxy: ProxyConfig | undefined;
}

/** A sender's own connections. */
export interface Connection {
  readonly dispatcher: SendDispatcher;
  /** Closes every socket, also those still connecting. */
  destroy(): Promise<void>;
}

/**
 * Makes a sender's pool of connections, and loads undici for it: the dearest import there is, which an app that only
 * receives never pays.
 */
export async function openConnection(config: ConnectionConfig): Promise<Connection> {
  const { Pool, buildConnector } = await import('undici');
  // 0 turns undici's own coarse timer off: ours bounds the whole of it.
  const build = buildConnector({ allowH2: false, timeout: 0 });
  const open = config.proxy === undefined ? openDirect(build) : openThroughProxy(config.proxy, build);
  const connector = createConnector(open, config.connectTimeoutMs);
  const pool = new Pool(config.origin, {
    connect: connector.connect,
    connections: config.connections,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A server's hint must not make it longer: it knows nothing of the machines between.
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
  });
  return {
    dispatcher: pool,
    async destroy() {
      connector.cancel();
      await pool.destroy();
    },
  };
}
