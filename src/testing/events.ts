import { MESSAGE_RECEIVED, MESSAGE_STATUS_UPDATED, RECIPIENT_OPTED_OUT } from '../protocol.ts';
import type {
  MessageReceivedEvent,
  MessageStatusUpdatedEvent,
  RecipientOptedOutEvent,
} from '../webhook/event.ts';

const INSTANCE = { instance_id: 'inst_12345', instance_name: 'faisak-demo' } as const;
const CUSTOMER = '+966501234567';

/**
 * A message from a customer, in Arabic where nothing else is said. The real gateway sends at least one more field,
 * whose name is not published, so none is made up here.
 *
 * @param overrides - Fields that replace the defaults or are added to them, unknown ones included.
 *
 * @example
 * messageReceived({ from: '966501234567', message_text: 'Where is my order?' });
 */
export function messageReceived(overrides: Partial<MessageReceivedEvent> = {}): MessageReceivedEvent {
  return {
    event: MESSAGE_RECEIVED,
    ...INSTANCE,
    from: CUSTOMER,
    message_text: 'مرحبا، أين طلبي رقم 1042؟',
    message_type: 'text',
    ...overrides,
  };
}

/**
 * A customer who wants no more messages.
 *
 * @param overrides - Fields that replace the defaults or are added to them, unknown ones included.
 *
 * @example
 * // The gateway's other spelling of the same phone
 * recipientOptedOut({ from: '966501234567' });
 */
export function recipientOptedOut(overrides: Partial<RecipientOptedOutEvent> = {}): RecipientOptedOutEvent {
  return { event: RECIPIENT_OPTED_OUT, ...INSTANCE, from: CUSTOMER, ...overrides };
}

/**
 * A sent message that changed its state. Only the event's name is published: `message_id` and `status` are assumed,
 * so do not build on them.
 *
 * @param overrides - Fields that replace the defaults or are added to them, unknown ones included.
 *
 * @example
 * messageStatusUpdated({ message_id: sent.messageId, status: 'read' });
 */
export function messageStatusUpdated(
  overrides: Partial<MessageStatusUpdatedEvent> = {},
): MessageStatusUpdatedEvent {
  return {
    event: MESSAGE_STATUS_UPDATED,
    ...INSTANCE,
    message_id: 'emu_msg_1',
    status: 'delivered',
    ...overrides,
  };
}
