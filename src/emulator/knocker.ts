import { connect, type Socket } from 'node:net';
import { EMULATOR_KNOCK_MS } from './limits.ts';

/** Looks whether something has come up where nothing listened. */
export interface Knocker {
  /** Calls back once, when something listens at a URL. @returns what ends that. */
  watch(url: URL, onUp: () => void): () => void;
  /** Stops looking. */
  close(): void;
}

interface Watch {
  readonly host: string;
  readonly port: number;
  readonly onUp: () => void;
}

function targetOf({ protocol, hostname, port }: URL): { host: string; port: number } {
  const fallback = protocol === 'https:' ? 443 : 80;
  return { host: hostname.replace(/^\[|\]$/gu, ''), port: port === '' ? fallback : Number(port) };
}

/** Makes a knocker. It looks every second of real time, only while somebody waits, and keeps no process alive. */
export function createKnocker(): Knocker {
  const watches = new Set<Watch>();
  const sockets = new Set<Socket>();
  let timer: NodeJS.Timeout | undefined;

  function knock(): void {
    const doors = new Map([...watches].map((watch) => [`${watch.host} ${watch.port}`, watch]));
    for (const { host, port } of doors.values()) {
      const socket = connect({ host, port });
      socket.unref();
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
      socket.once('connect', () => {
        socket.destroy();
        for (const watch of [...watches]) {
          if (watch.host !== host || watch.port !== port) continue;
          stop(watch);
          watch.onUp();
        }
      });
    }
  }

  function stop(watch: Watch): void {
    watches.delete(watch);
    if (watches.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    watch(url, onUp) {
      const watch = { ...targetOf(url), onUp };
      watches.add(watch);
      timer ??= setInterval(knock, EMULATOR_KNOCK_MS).unref();
      return () => stop(watch);
    },
    close() {
      for (const watch of [...watches]) stop(watch);
      for (const socket of sockets) socket.destroy();
    },
  };
}
