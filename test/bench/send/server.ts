import { createServer } from 'node:http';
import { tell } from '../harness/child.ts';

const ANSWER = JSON.stringify({ success: true, status: 'sent', message_id: 'msg_1', log_id: 1 });

// The gateway, as little of it as costs the server nothing: it reads the whole request and takes the message.
const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  request.resume().on('end', () => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length })
      .end(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  tell({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('disconnect', () => process.exit());
