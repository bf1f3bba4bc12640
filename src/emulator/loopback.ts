const IPV4_LOOPBACK = /^127(?:\.\d{1,3}){3}$/u;

/** Whether a URL's host name is this very machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    IPV4_LOOPBACK.test(hostname)
  );
}

/** Whether an address to listen at is reached from this very machine alone. */
export function isLoopbackHost(host: string): boolean {
  return isLoopback(host) || host === '::1';
}
