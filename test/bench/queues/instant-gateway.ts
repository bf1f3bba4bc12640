/** A gateway that accepts everything at once, in a process of its own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tell } from '../harness/child.ts';

const ANSWER = JSON.stringify({ success: true, status: 'sent', message_id: 'msg-1', log_id: 1 });
const HEADERS = { 'content-type': 'application/json', 'content-length': String(ANSWER.length) };

const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, HEADERS).end(ANSWER));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());
