/**
 * @module
 * The right pane: what happens to the request, and the tokens that it gets.
 */
import type { JSX } from 'preact';
import type { Outcome, Refusal, ShownPolicy } from '../interface.ts';
import { CopyButton } from './copy-button.tsx';
import { HelpFold } from './help-fold.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Pane } from './pane.tsx';
import { Prose } from './prose.tsx';
import type { Dispatch, State } from './state.ts';
import { TokenView } from './token-view.tsx';
import { dialectNames, resultWords, statusText } from './words.ts';

interface TokenPaneProps {
  readonly state: State;
  readonly dispatch: Dispatch;
}

export function TokenPane({ state, dispatch }: TokenPaneProps): JSX.Element {
  const { outcome, answer, isBusy } = state;
  const isOld = answer?.call === 'run' && answer.answer.outcome === undefined;
  const madeKeys = answer?.call === 'run' ? answer.answer.madeKeys : [];
  return (
    <Pane name="token" title="Token" isBusy={isBusy} actions={outcome && <Actions outcome={outcome} />}>
      {isOld && (
        <p class="banner is-bad">
          <Icon name="warning" />
          {outcome === undefined
            ? 'There is no token until the errors are gone.'
            : 'This is the last result. It is not changed until the errors are gone.'}
        </p>
      )}
      {outcome !== undefined && (
        <div class={isOld ? 'outcome is-old' : 'outcome'}>
          <Verdict outcome={outcome} />
          {outcome.refusal && <RefusalView refusal={outcome.refusal} />}
          {outcome.policies.map((policy) => (
            <PolicyResult key={policy.name} policy={policy} state={state} dispatch={dispatch} />
          ))}
          {madeKeys.map((sentence) => (
            <p key={sentence} class="quiet made-key">
              <Prose text={sentence} />
            </p>
          ))}
        </div>
      )}
    </Pane>
  );
}

function Actions({ outcome }: { readonly outcome: Outcome }): JSX.Element {
  const tokens = outcome.policies.flatMap(({ name, token }) => (token === undefined ? [] : [{ name, token }]));
  return (
    <>
      {tokens.map(({ name, token }) => (
        <CopyButton
          key={name}
          label={tokens.length > 1 ? `Token of ${name}` : 'Token'}
          what="token"
          text={() => token.text}
        />
      ))}
      <CopyButton label="curl" what="curl command" text={() => outcome.curl} />
      <CopyButton label="Test case" what="test case" text={() => outcome.testCase} />
    </>
  );
}

const verdictIcons: Readonly<Record<Outcome['kind'], IconName>> = {
  forward: 'forward',
  untouched: 'forward',
  refuse: 'refuse',
};

function Verdict({ outcome: { kind, sentence } }: { readonly outcome: Outcome }): JSX.Element {
  return (
    <p class={`outcome-verdict is-${kind}`}>
      <Icon name={verdictIcons[kind]} />
      <span>
        <Prose text={sentence} />
      </span>
    </p>
  );
}

function RefusalView({ refusal }: { readonly refusal: Refusal }): JSX.Element {
  const { status, headers, body, code, help } = refusal;
  return (
    <section class="refusal" aria-label="The response that the client gets">
      <h3>{statusText(status)}</h3>
      <dl class="fields">
        {headers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {body !== '' && <pre class="response-body">{body}</pre>}
      {code !== undefined && <HelpFold code={code} help={help} isOpen />}
    </section>
  );
}

/** A token says at its top whether its recipient would take it; the checks are below. */
function ResultBadge({ policy: { result, token } }: { readonly policy: ShownPolicy }): JSX.Element {
  if (token === undefined) return <span class={`badge is-${result}`}>{resultWords[result]}</span>;
  const { isValid } = token.verification;
  return (
    <span class={`badge ${isValid ? 'is-minted' : 'is-refused'}`}>
      {isValid ? 'Verified token' : 'Token not verified'}
    </span>
  );
}

interface PolicyResultProps extends TokenPaneProps {
  readonly policy: ShownPolicy;
}

function PolicyResult({ policy, state, dispatch }: PolicyResultProps): JSX.Element {
  const { name, dialect, why, code, help, token } = policy;
  const isRefusal = state.outcome?.refusal?.code === code;
  return (
    <section class="policy-result" aria-label={`Policy ${name}`}>
      <h3>
        {name} <span class="quiet">{dialectNames[dialect]}</span>
        <ResultBadge policy={policy} />
      </h3>
      {why !== undefined && (
        <p class="why">
          <Prose text={why} />
        </p>
      )}
      {code !== undefined && !isRefusal && <HelpFold code={code} help={help} />}
      {token && <TokenView token={token} changes={state.changes[name] ?? []} dispatch={dispatch} />}
    </section>
  );
}
