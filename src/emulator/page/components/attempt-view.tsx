import type { JSX } from 'preact';
import type { AttemptJson } from '../../control/json-types.ts';
import { useText } from '../i18n/text.ts';
import { spanText } from '../model/time-text.ts';
import { Fact, Facts } from './facts.tsx';
import { Body, Headers } from './http-part.tsx';
import { Icon } from './icon.tsx';
import { Ltr } from './ltr.tsx';
import { SignatureView } from './signature-view.tsx';

function ResponsePart({ attempt }: { readonly attempt: AttemptJson }): JSX.Element {
  const text = useText();
  const { response, error, durationMs } = attempt;
  return (
    <section class="part">
      <h3>{text.response}</h3>
      {response !== null && (
        <>
          <p class="request-line mono">
            <Ltr>{response.status}</Ltr>
          </p>
          <Headers headers={response.headers} />
          <Body body={response.bodyText} />
        </>
      )}
      {error !== null && (
        <p class="bad-text" dir="auto">
          <Ltr class="mono">{error.code}</Ltr> {error.message}
        </p>
      )}
      {response === null && error === null && (
        <p class="muted">{durationMs === null ? text.underWay : text.noResponse}</p>
      )}
    </section>
  );
}

/** One try: what was sent, what came back, and whether the signature is right. */
export function AttemptView({ attempt }: { readonly attempt: AttemptJson }): JSX.Element {
  const text = useText();
  return (
    <>
      {attempt.hint !== null && (
        <div class="callout callout-warn">
          <Icon name="warn" />
          <div>
            <strong>{text.hint}</strong>
            <p dir="auto">{attempt.hint}</p>
          </div>
        </div>
      )}
      <Facts>
        <Fact name={text.time}>
          <Ltr class="mono">{attempt.at}</Ltr>
        </Fact>
        <Fact name={text.duration}>
          {attempt.durationMs === null ? text.underWay : <Ltr>{spanText(attempt.durationMs)}</Ltr>}
        </Fact>
        {attempt.fault !== null && (
          <Fact name={text.fault}>
            <span class="tag tag-warn">
              <Icon name="bolt" />
              <Ltr>{attempt.fault}</Ltr>
            </span>
          </Fact>
        )}
      </Facts>
      <SignatureView attempt={attempt} />
      <section class="part">
        <h3>{text.request}</h3>
        <p class="request-line mono">
          <Ltr>POST {attempt.url}</Ltr>
        </p>
        <Headers headers={attempt.requestHeaders} />
        <Body body={attempt.bodyText} />
      </section>
      <ResponsePart attempt={attempt} />
    </>
  );
}
