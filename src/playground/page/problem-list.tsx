/**
 * @module
 * Problems of all files, the case and the expression. A click goes to the place.
 */

import type { JSX } from 'preact';
import type { ShownProblem } from '../interface.ts';
import { HelpFold } from './help-fold.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Prose } from './prose.tsx';
import type { Dispatch } from './state.ts';
import { placeText } from './words.ts';

interface ProblemListProps {
  readonly problems: readonly ShownProblem[];
  readonly dispatch: Dispatch;
}

const icons: Readonly<Record<ShownProblem['severity'], IconName>> = { error: 'fail', warning: 'warning', note: 'note' };
const words: Readonly<Record<ShownProblem['severity'], string>> = { error: 'Error', warning: 'Warning', note: 'Note' };

export function ProblemList({ problems, dispatch }: ProblemListProps): JSX.Element {
  return (
    <section class="problems" aria-labelledby="title-problems">
      <h3 id="title-problems">
        Problems <span class="count">{problems.length}</span>
      </h3>
      {problems.length === 0 ? (
        <p class="quiet">No problems.</p>
      ) : (
        <ul>
          {problems.map((problem) => (
            <Problem key={`${placeText(problem.range)}-${problem.code}`} problem={problem} dispatch={dispatch} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Problem({ problem, dispatch }: { readonly problem: ShownProblem; readonly dispatch: Dispatch }): JSX.Element {
  const { severity, code, message, suggestion, range, help } = problem;
  return (
    <li class={`problem is-${severity}`}>
      <button type="button" class="problem-place" onClick={() => dispatch({ kind: 'goTo', range })}>
        <Icon name={icons[severity]} />
        <span class="problem-text">
          <span class="unseen">{words[severity]}: </span>
          <Prose text={message} />
          <span class="quiet place">{placeText(range)}</span>
        </span>
      </button>
      {suggestion !== undefined && (
        <p class="suggestion">
          <Prose text={suggestion} />
        </p>
      )}
      <HelpFold code={code} help={help} />
    </li>
  );
}
