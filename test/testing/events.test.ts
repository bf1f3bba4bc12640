import { describe, expect, it } from 'vitest';
import { messageReceived, messageStatusUpdated, recipientOptedOut } from '../../src/testing/events.ts';
import { parseEvent } from '../../src/webhook/event.ts';

describe('event builders', () => {
  it.each([
    ['message.received', messageReceived()],
    ['recipient.opted_out', recipientOptedOut()],
    ['message.status_updated', messageStatusUpdated()],
  ])('build a %s that the receiver reads', (name, event) => {
    expect(event.event).toBe(name);
    expect(parseEvent(Buffer.from(JSON.stringify(event)))).toEqual(event);
  });

  it('write to us in Arabic where nothing else is said', () => {
    expect(messageReceived()).toEqual({
      event: 'message.received',
      instance_id: 'inst_12345',
      instance_name: 'faisak-demo',
      from: '+966501234567',
      message_text: 'مرحبا، أين طلبي رقم 1042؟',
      message_type: 'text',
    });
  });

  it('take overrides and fields that nobody documented', () => {
    expect(recipientOptedOut({ from: '966501234567', reason: 'STOP' })).toMatchObject({
      from: '966501234567',
      reason: 'STOP',
    });
  });

  it('make a new object each time', () => {
    expect(messageReceived()).not.toBe(messageReceived());
  });
});
