/**
 * @module
 * The right pane for one expression: its value.
 */
import type { JSX } from 'preact';
import type { EvaluateAnswer } from '../interface.ts';
import { CopyButton } from './copy-button.tsx';
import { HelpFold } from './help-fold.tsx';
import { Icon } from './icon.tsx';
import { JsonView } from './json-view.tsx';
import { Pane } from './pane.tsx';
import { Prose } from './prose.tsx';

interface ResultPaneProps {
  readonly answer: EvaluateAnswer | undefined;
  readonly isBusy: boolean;
}

export function ResultPane({ answer, isBusy }: ResultPaneProps): JSX.Element {
  const json = answer?.json;
  const actions = json === undefined ? undefined : <CopyButton label="Result" what="result" text={() => json} />;
  return (
    <Pane name="token" title="Result" isBusy={isBusy} actions={actions}>
      {answer?.error && (
        <section class="refusal" aria-label="The expression has failed">
          <p class="outcome-verdict is-refuse">
            <Icon name="refuse" />
            <span>
              <Prose text={answer.error.message} />
            </span>
          </p>
          <HelpFold code={answer.error.code} help={answer.error.help} isOpen />
        </section>
      )}
      {json !== undefined && (
        <section class="policy-result" aria-label="Value">
          <h3>Value {answer?.type !== undefined && <span class="badge">{answer.type}</span>}</h3>
          <pre class="value">
            <JsonView json={json} />
          </pre>
        </section>
      )}
      {answer !== undefined && json === undefined && answer.error === undefined && (
        <p class="banner is-bad">
          <Icon name="warning" />
          There is no value until the errors are gone.
        </p>
      )}
    </Pane>
  );
}
