/**
 * @module
 * The middle pane: the request and its caller, as form and as YAML; the routes that were tried.
 */
import type { JSX } from 'preact';
import type { ShownProblem } from '../interface.ts';
import { CaseForm } from './case-form.tsx';
import { applyPreset, hasPreset, readFields } from './case-text.ts';
import { Editor } from './editor/editor.tsx';
import { Pane } from './pane.tsx';
import { RouteList } from './route-list.tsx';
import type { Dispatch, State } from './state.ts';
import { type Expression, keyOf, type Workspace } from './subject.ts';
import { panelId, Tabs, tabId } from './tabs.tsx';

interface RequestPaneProps {
  readonly state: State;
  readonly problems: readonly ShownProblem[];
  readonly nonce: string;
  readonly dispatch: Dispatch;
}

export function RequestPane(props: RequestPaneProps): JSX.Element {
  const { subject } = props.state;
  return subject.kind === 'workspace' ? (
    <CasePane {...props} workspace={subject} />
  ) : (
    <ContextPane {...props} expression={subject} />
  );
}

const views = [
  { name: 'form', label: 'Form' },
  { name: 'yaml', label: 'YAML' },
] as const;

function CasePane(props: RequestPaneProps & { readonly workspace: Workspace }): JSX.Element {
  const { state, dispatch, workspace } = props;
  const { caseView, outcome } = state;
  return (
    <Pane name="request" title="Request and caller">
      <Presets {...props} />
      <Tabs
        id="case"
        label="View of the request"
        tabs={views}
        chosen={caseView}
        onChoose={(view) => dispatch({ kind: 'caseView', view })}
      />
      <div
        class={`case-panel is-${caseView}`}
        id={panelId('case')}
        role="tabpanel"
        aria-labelledby={tabId('case', caseView)}
      >
        {caseView === 'form' ? (
          <CaseForm
            key={keyOf(workspace)}
            text={workspace.case}
            fields={readFields(workspace.case)}
            onChange={(text) => dispatch({ kind: 'text', name: 'case', text })}
            onYaml={() => dispatch({ kind: 'caseView', view: 'yaml' })}
          />
        ) : (
          <DataEditor {...props} file="case" label="Request and caller as YAML" text={workspace.case} />
        )}
      </div>
      {outcome && outcome.routes.length > 0 && <RouteList routes={outcome.routes} dispatch={dispatch} />}
    </Pane>
  );
}

function Presets({ state, dispatch, workspace }: RequestPaneProps & { readonly workspace: Workspace }): JSX.Element {
  const { presets, folder } = state.opened;
  const cases = workspace.origin.kind === 'folder' ? (folder?.cases ?? []) : [];
  const set = (text: string): void => dispatch({ kind: 'text', name: 'case', text });
  return (
    <div class="presets">
      {cases.length > 0 && (
        <label class="field-inline">
          Case of the folder
          <select
            value={cases.find(({ text }) => text === workspace.case)?.name ?? ''}
            onChange={({ currentTarget: { value } }) => {
              const chosen = cases.find(({ name }) => name === value);
              if (chosen !== undefined) set(chosen.text);
            }}
          >
            <option value="">Other</option>
            {cases.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need a visible legend */}
      <div class="choices" role="group" aria-label="Caller">
        {presets.map(({ name, title, members }) => (
          <button
            key={name}
            type="button"
            class="choice"
            title={title}
            aria-pressed={hasPreset(workspace.case, members)}
            onClick={() => set(applyPreset(workspace.case, members))}
          >
            {title.split(':', 1)}
          </button>
        ))}
      </div>
    </div>
  );
}

function ContextPane(props: RequestPaneProps & { readonly expression: Expression }): JSX.Element {
  return (
    <Pane name="request" title="Context">
      <p class="quiet">
        What the expression can read: <code>attributes</code>, <code>authentication</code>, <code>vars</code>,{' '}
        <code>payload</code>.
      </p>
      <div class="case-panel is-yaml">
        <DataEditor {...props} file="context" label="Context as YAML" text={props.expression.context} />
      </div>
    </Pane>
  );
}

interface DataEditorProps extends RequestPaneProps {
  readonly file: 'case' | 'context';
  readonly label: string;
  readonly text: string;
}

function DataEditor({ state, problems, nonce, dispatch, file, label, text }: DataEditorProps): JSX.Element {
  return (
    <Editor
      name={`${keyOf(state.subject)}/${file}`}
      label={label}
      language={{ kind: 'data' }}
      text={text}
      problems={problems.filter(({ range }) => range.file === file)}
      marked={state.marked?.file === file ? state.marked : undefined}
      visit={state.visit}
      tables={state.opened.language}
      nonce={nonce}
      onChange={(changed) => dispatch({ kind: 'text', name: file, text: changed })}
    />
  );
}
