/**
 * @module
 * What the last change has changed in a token.
 */
import type { JSX } from 'preact';
import { JsonView } from './json-view.tsx';
import type { Change } from './token-changes.ts';

const signs: Readonly<Record<Change['kind'], string>> = { added: '+', removed: '−', changed: '~' };

export function ChangeList({ changes }: { readonly changes: readonly Change[] }): JSX.Element | null {
  if (changes.length === 0) return null;
  return (
    <section class="changes" aria-label="Changed by the last edit">
      <h4>Changed by the last edit</h4>
      <ul>
        {changes.map(({ part, name, kind, before, after }) => (
          <li key={`${part}-${name}`} class={`change is-${kind}`}>
            <span class="change-sign" aria-hidden="true">
              {signs[kind]}
            </span>
            <span class="unseen">{kind}: </span>
            <span class="member-name">
              {part === 'header' ? 'header ' : ''}
              {name}
            </span>
            {before !== undefined && (
              <del>
                <JsonView json={before} />
              </del>
            )}
            {after !== undefined && (
              <ins>
                <JsonView json={after} />
              </ins>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
