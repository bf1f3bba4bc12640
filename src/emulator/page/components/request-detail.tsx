import type { JSX } from 'preact';
import type { RequestJson } from '../../control/json-types.ts';
import { useText } from '../i18n/text.ts';
import { spanText } from '../model/time-text.ts';
import { DocsLink } from './docs-link.tsx';
import { Fact, Facts } from './facts.tsx';
import { Body, Headers } from './http-part.tsx';
import { Icon } from './icon.tsx';
import { Ltr } from './ltr.tsx';
import { RequestChip } from './status-chip.tsx';

/** What the app asked the gateway, and what it was answered. */
export function RequestDetail({ request }: { readonly request: RequestJson }): JSX.Element {
  const text = useText();
  const { answer, code, why, fault, messageId, phone, purpose } = request;
  return (
    <div class="detail-scroll">
      {code !== null && (
        <div class="callout callout-bad">
          <Icon name="ban" />
          <div>
            <strong>
              {text.refused}: <Ltr class="mono">{code}</Ltr>
            </strong>
            {why !== null && <p dir="auto">{why}</p>}
            <DocsLink url={request.docsUrl} />
          </div>
        </div>
      )}
      <Facts>
        <Fact name={text.answer}>
          <RequestChip request={request} />
        </Fact>
        <Fact name={text.time}>
          <Ltr class="mono">{request.at}</Ltr>
        </Fact>
        <Fact name={text.duration}>
          <Ltr>{spanText(request.durationMs)}</Ltr>
        </Fact>
        {phone !== null && (
          <Fact name={text.customer}>
            <Ltr class="mono">{phone}</Ltr>
          </Fact>
        )}
        {purpose !== null && (
          <Fact name={text.purpose}>
            <Ltr class="mono">{purpose}</Ltr>
          </Fact>
        )}
        {messageId !== null && (
          <Fact name={text.messageId}>
            <Ltr class="mono">{messageId}</Ltr>
          </Fact>
        )}
        {fault !== null && (
          <Fact name={text.fault}>
            <Ltr class="mono">{fault}</Ltr>
          </Fact>
        )}
      </Facts>
      <section class="part">
        <h3>{text.request}</h3>
        <p class="request-line mono">
          <Ltr>
            {request.method} {request.path}
          </Ltr>
        </p>
        <Headers headers={request.headers} />
        <Body body={request.bodyText} />
      </section>
      <section class="part">
        <h3>{text.answer}</h3>
        {answer === null ? (
          <p class="muted">{text.noAnswerText}</p>
        ) : (
          <>
            <p class="request-line mono">
              <Ltr>{answer.status}</Ltr>
            </p>
            <Headers headers={answer.headers} />
            <Body body={answer.bodyText} />
          </>
        )}
      </section>
    </div>
  );
}
