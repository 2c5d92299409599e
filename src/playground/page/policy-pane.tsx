/**
 * @module
 * The left pane: the files of the workspace, or the expression, and what is wrong with them.
 */
import type { JSX } from 'preact';
import type { ShownProblem } from '../interface.ts';
import { Editor } from './editor/editor.tsx';
import { Pane } from './pane.tsx';
import { ProblemList } from './problem-list.tsx';
import type { Dispatch, State } from './state.ts';
import { type Expression, isChanged, keyOf, type OpenFile, type Workspace } from './subject.ts';
import { panelId, Tabs, tabId } from './tabs.tsx';

interface PolicyPaneProps {
  readonly state: State;
  readonly problems: readonly ShownProblem[];
  readonly nonce: string;
  readonly dispatch: Dispatch;
  readonly onSave: (file: OpenFile) => void;
}

export function PolicyPane(props: PolicyPaneProps): JSX.Element {
  const { subject } = props.state;
  return subject.kind === 'workspace' ? (
    <FilesPane {...props} workspace={subject} />
  ) : (
    <ExpressionPane {...props} expression={subject} />
  );
}

function FilesPane({
  state,
  problems,
  nonce,
  dispatch,
  onSave,
  workspace,
}: PolicyPaneProps & { readonly workspace: Workspace }): JSX.Element {
  const { files, origin } = workspace;
  const file = files.find(({ name }) => name === state.shown) ?? files[0];
  const tabs = files.map((one) => ({
    name: one.name,
    label: one.name,
    ...(isChanged(one) ? { mark: { sign: '●', words: origin.kind === 'folder' ? 'not saved' : 'changed' } } : {}),
  }));
  const isFolder = origin.kind === 'folder';
  const actions = file && (
    <>
      <button
        type="button"
        class="button"
        disabled={!isChanged(file)}
        onClick={() => dispatch({ kind: 'revert', name: file.name })}
      >
        Revert
      </button>
      {isFolder && (
        <button type="button" class="button is-main" disabled={!isChanged(file)} onClick={() => onSave(file)}>
          Save
        </button>
      )}
    </>
  );
  return (
    <Pane name="policy" title="Policy" actions={actions}>
      {file && (
        <>
          <Tabs
            id="files"
            label="Files"
            tabs={tabs}
            chosen={file.name}
            onChoose={(name) => dispatch({ kind: 'show', file: name })}
          />
          <div class="editor-panel" id={panelId('files')} role="tabpanel" aria-labelledby={tabId('files', file.name)}>
            <Editor
              name={`${keyOf(workspace)}/${file.name}`}
              label={file.name}
              language={{ kind: 'file', file: file.kind }}
              text={file.text}
              problems={problems.filter(({ range }) => range.file === file.name)}
              marked={state.marked?.file === file.name ? state.marked : undefined}
              visit={state.visit}
              tables={state.opened.language}
              nonce={nonce}
              onChange={(text) => dispatch({ kind: 'text', name: file.name, text })}
            />
          </div>
        </>
      )}
      <ProblemList problems={problems} dispatch={dispatch} />
    </Pane>
  );
}

const profiles = [
  ['flex', 'Flex Gateway'],
  ['dataweave', 'DataWeave'],
] as const;

function ExpressionPane({
  state,
  problems,
  nonce,
  dispatch,
  expression: subject,
}: PolicyPaneProps & { readonly expression: Expression }): JSX.Element {
  const { profile, expression } = subject;
  const chooser = (
    <label class="field-inline">
      Profile
      <select
        value={profile}
        onChange={({ currentTarget: { value } }) => {
          const chosen = profiles.find(([name]) => name === value)?.[0];
          if (chosen !== undefined) dispatch({ kind: 'profile', profile: chosen });
        }}
      >
        {profiles.map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <Pane name="policy" title="Expression" actions={chooser}>
      <div class="editor-panel">
        <Editor
          name={`${keyOf(subject)}/expression`}
          label="Expression"
          language={{ kind: 'expression', profile }}
          text={expression}
          problems={problems.filter(({ range }) => range.file === 'expression')}
          marked={state.marked?.file === 'expression' ? state.marked : undefined}
          visit={state.visit}
          tables={state.opened.language}
          nonce={nonce}
          onChange={(text) => dispatch({ kind: 'text', name: 'expression', text })}
        />
      </div>
      <ProblemList problems={problems} dispatch={dispatch} />
    </Pane>
  );
}
