/**
 * @module
 * The claims or header parameters of a token: each value, the expression that made it, and what that read. The pointer
 * and the focus mark the expression in the editor, a click goes there.
 */

import type { JSX } from 'preact';
import type { ShownMember } from '../interface.ts';
import { JsonView } from './json-view.tsx';
import { Prose } from './prose.tsx';
import type { Dispatch } from './state.ts';
import type { Change } from './token-changes.ts';
import { placeText, timeText } from './words.ts';

interface MemberListProps {
  readonly label: string;
  readonly members: readonly ShownMember[];
  readonly changes: readonly Change[];
  readonly dispatch: Dispatch;
}

export function MemberList({ label, members, changes, dispatch }: MemberListProps): JSX.Element {
  if (members.length === 0) return <p class="quiet">None.</p>;
  return (
    <ul class="members" aria-label={label}>
      {members.map((member, index) => (
        <Member
          key={`${member.name ?? ''}-${index}`}
          member={member}
          change={changes.find(({ name }) => name === member.name)}
          dispatch={dispatch}
        />
      ))}
    </ul>
  );
}

interface MemberProps {
  readonly member: ShownMember;
  readonly change: Change | undefined;
  readonly dispatch: Dispatch;
}

function Member({ member, change, dispatch }: MemberProps): JSX.Element {
  const { name, json, error, reads, range } = member;
  const time = timeText(member);
  const mark = (isMarked: boolean): void => dispatch({ kind: 'mark', range: isMarked ? range : undefined });
  return (
    <li
      class={`member ${json === undefined ? 'is-absent' : ''} ${change ? `is-${change.kind}` : ''}`}
      onMouseEnter={() => mark(true)}
      onMouseLeave={() => mark(false)}
    >
      <div class="member-value">
        <span class="member-name">{name ?? '(a name that the request gives)'}</span>
        {json === undefined ? <span class="quiet">absent</span> : <JsonView json={json} />}
        {time && <span class="quiet">{time}</span>}
        {change && change.kind !== 'removed' && <span class={`badge is-${change.kind}`}>{change.kind}</span>}
      </div>
      {error && (
        <p class="member-error">
          <Prose text={error.message} /> <code>{error.code}</code>
        </p>
      )}
      <Source member={member} onGo={() => range && dispatch({ kind: 'goTo', range })} onMark={mark} />
      {reads.length > 0 && (
        <ul class="reads" aria-label="Inputs that it read">
          {reads.map(({ input, json: value }) => (
            <li key={input}>
              <code>{input}</code> {value === undefined ? <span>absent</span> : <JsonView json={value} />}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

interface SourceProps {
  readonly member: ShownMember;
  readonly onGo: () => void;
  readonly onMark: (isMarked: boolean) => void;
}

function Source({ member: { comes, expression, range }, onGo, onMark }: SourceProps): JSX.Element {
  const text = expression ?? comes;
  const content = expression === undefined ? <Prose text={text} /> : <code>{text}</code>;
  if (range === undefined) return <p class="member-source">{content}</p>;
  return (
    <button
      type="button"
      class="member-source is-link"
      title={`${comes}: go to ${placeText(range)}`}
      onClick={onGo}
      onFocus={() => onMark(true)}
      onBlur={() => onMark(false)}
    >
      <span class="unseen">Go to </span>
      {content}
    </button>
  );
}
