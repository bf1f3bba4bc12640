import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { buildConnector } from 'undici';
import type { ConnectTarget, OpenSocket } from './connector.ts';

/** A forward proxy, its credentials apart from its address. */
export interface ProxyConfig {
  /** The address, without credentials. */
  readonly url: URL;
  /** The `Proxy-Authorization` header, if credentials were given. */
  readonly authorization: string | undefined;
  /** What must not show in an error. */
  readonly secrets: readonly string[];
}

const TUNNEL_OPEN = 200;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
const BRACKETS = /^\[|\]$/gu;

/**
 * Connects through a tunnel of a proxy (CONNECT), also to an http target, so that the proxy never sees the API key.
 * Not undici's ProxyAgent: that one tries for ever when the proxy drops CONNECT, and its time-out is coarse.
 */
export function openThroughProxy(proxy: ProxyConfig, build: buildConnector.connector): OpenSocket {
  return (target, connected) => {
    const authority = authorityOf(target);
    const request = (proxy.url.protocol === 'https:' ? requestHttps : requestHttp)({
      method: 'CONNECT',
      host: proxy.url.hostname.replace(BRACKETS, ''),
      port: proxy.url.port || DEFAULT_PORTS[proxy.url.protocol],
      path: authority,
      headers: {
        host: authority,
        ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
      },
      agent: false,
    });
    let giveUp: () => void = () => request.destroy();

    request.once('connect', (response, stream: Duplex, head: Buffer) => {
      const socket = stream instanceof Socket ? stream : undefined;
      // 2xx opens the tunnel by the RFC; nothing but 200 is seen in the wild, and undici takes no other.
      stream.on('error', (error: Error) => connected(error));
      if (response.statusCode !== TUNNEL_OPEN || socket === undefined) {
        stream.destroy();
        connected(new Error(`The proxy refused the tunnel with HTTP ${response.statusCode}.`));
        return;
      }
      socket.unshift(head);
      giveUp = () => socket.destroy();
      if (target.protocol === 'https:') {
        build({ ...target, httpSocket: socket }, (...[error, made]) => connected(error, made));
      } else {
        connected(null, socket.setNoDelay(true));
      }
    });
    request.on('error', (error) => connected(error));
    request.end();
    return () => giveUp();
  };
}

function authorityOf({ hostname, protocol, port }: ConnectTarget): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return `${host}:${port || DEFAULT_PORTS[protocol]}`;
}
