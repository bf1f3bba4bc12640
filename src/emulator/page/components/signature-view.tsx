import type { JSX } from 'preact';
import type { AttemptJson } from '../../control/json-types.ts';
import { useText } from '../i18n/text.ts';
import { judgeCheck, judgeSignature } from '../model/signature-verdict.ts';
import { firstDifference, markDifference } from '../model/text-difference.ts';
import { CopyButton } from './copy-button.tsx';
import { Fact, Facts } from './facts.tsx';
import { Icon } from './icon.tsx';
import { Ltr } from './ltr.tsx';

const SHOWN_CHARACTERS = 20_000;

/** The exact text, its three parts told apart by colour; the colours add nothing to the characters. */
function SignedText({ signature }: { readonly signature: AttemptJson['signature'] }): JSX.Element {
  const text = useText();
  const { signedText, timestampHeader } = signature;
  const start = `${timestampHeader}.`;
  const split = timestampHeader !== null && signedText.startsWith(start);
  const body = split ? signedText.slice(start.length) : signedText;
  return (
    <div class="code-block">
      <div class="code-tools">
        <span class="muted">{text.signedParts}</span>
        <CopyButton value={signedText} what={text.signedText} />
      </div>
      <pre class="code" dir="ltr">
        <Ltr>
          {split && <span class="signed-time">{timestampHeader}</span>}
          {split && <span class="signed-dot">.</span>}
          <span>{body.slice(0, SHOWN_CHARACTERS)}</span>
          {body.length > SHOWN_CHARACTERS && '…'}
        </Ltr>
      </pre>
    </div>
  );
}

function Compared({ value, other }: { readonly value: string; readonly other: string | null }): JSX.Element {
  const stretches = other === null ? [{ text: value, same: true }] : markDifference(value, other);
  return (
    <Ltr class="mono signature">
      {stretches.map(({ text, same }, place) =>
        same ? <span key={place}>{text}</span> : <mark key={place}>{text}</mark>,
      )}
    </Ltr>
  );
}

function Age({ seconds }: { readonly seconds: number | null }): JSX.Element | null {
  const text = useText();
  if (seconds === null) return null;
  return <span class="muted"> · {seconds < 0 ? text.ageAhead(-seconds) : text.ageOld(seconds)}</span>;
}

/** What was signed, what the right signature is, what was sent, and what a receiver should make of it. */
export function SignatureView({ attempt }: { readonly attempt: AttemptJson }): JSX.Element {
  const text = useText();
  const { signature } = attempt;
  const { expected, sent, timestampHeader, ageSeconds } = signature;
  const verdict = judgeSignature(signature);
  const check = judgeCheck(verdict, attempt, Date.now());
  const difference = sent === null ? null : firstDifference(sent, expected);
  const good = verdict === 'right' && text.checks[check] === '';
  return (
    <section class="part">
      <h3>{text.signature}</h3>
      <div class={good ? 'callout callout-good' : 'callout callout-bad'}>
        <Icon name={good ? 'check' : 'warn'} />
        <div>
          <p>{text.verdicts[verdict]}</p>
          {text.checks[check] !== '' && <p>{text.checks[check]}</p>}
        </div>
      </div>
      <Facts>
        <Fact name={text.expected} tall>
          <Compared value={expected} other={sent} />
        </Fact>
        <Fact name={text.received} tall>
          {sent === null ? (
            <span class="bad-text">{text.nothingSent}</span>
          ) : (
            <Compared value={sent} other={expected} />
          )}
          {difference !== null && <span class="muted difference">{text.differsAt(difference)}</span>}
        </Fact>
        <Fact name={text.timestamp}>
          {timestampHeader === null ? (
            <span class="bad-text">{text.noTimestamp}</span>
          ) : (
            <Ltr class="mono">{timestampHeader}</Ltr>
          )}
          <Age seconds={ageSeconds} />
        </Fact>
      </Facts>
      <h4>{text.signedText}</h4>
      <SignedText signature={signature} />
    </section>
  );
}
