{{/* What your own Deployment includes: `include "mintproc.sidecar" .Subcharts.mintproc`. README.md shows it. */}}

{{- define "mintproc.image" -}}
{{- with .Values.image -}}
{{- $name := empty .registry | ternary .repository (printf "%s/%s" .registry .repository) -}}
{{- empty .digest | ternary (printf "%s:%s" $name (default $.Chart.AppVersion .tag)) (printf "%s@%s" $name .digest) -}}
{{- end -}}
{{- end -}}

{{/* The container without its name, as a map. */}}
{{- define "mintproc.container" -}}
image: {{ include "mintproc.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
ports:
  {{- if eq .Values.mode "deployment" }}
  - { name: grpc, containerPort: {{ .Values.ports.grpc }} }
  {{- end }}
  - { name: metrics, containerPort: {{ .Values.ports.admin }} }
  {{- if .Values.jwks.enabled }}
  - { name: jwks, containerPort: {{ .Values.ports.jwks }} }
  {{- end }}
{{- with .Values.env }}
env: {{- toYaml . | nindent 2 }}
{{- end }}
startupProbe:
  httpGet: { path: /readyz, port: {{ .Values.ports.admin }} }
  periodSeconds: 1
  failureThreshold: 30
livenessProbe:
  httpGet: { path: /healthz, port: {{ .Values.ports.admin }} }
  periodSeconds: 10
readinessProbe:
  httpGet: { path: /readyz, port: {{ .Values.ports.admin }} }
  periodSeconds: 5
resources: {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  runAsUser: 1000
  runAsNonRoot: true
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: mintproc, mountPath: /etc/mintproc, readOnly: true }
  - { name: mintproc-keys, mountPath: /etc/mintproc-keys, readOnly: true }
  {{- if eq .Values.mode "deployment" }}
  - { name: mintproc-tls, mountPath: /etc/mintproc-tls, readOnly: true }
  {{- else }}
  - { name: mintproc-socket, mountPath: /run/mintproc }
  {{- end }}
{{- end -}}

{{/* An entry of initContainers: a native sidecar, which starts before Envoy and stops after it. */}}
{{- define "mintproc.sidecar" -}}
- name: mintproc
  restartPolicy: Always
  {{- include "mintproc.container" . | nindent 2 }}
{{- end -}}

{{/* An entry of volumeMounts of Envoy's container. */}}
{{- define "mintproc.socketMount" -}}
- { name: mintproc-socket, mountPath: /run/mintproc, readOnly: true }
{{- end -}}

{{/* Entries of volumes. */}}
{{- define "mintproc.volumes" -}}
- name: mintproc
  configMap: { name: {{ include "mintproc.configMap" . }} }
- name: mintproc-keys
  {{- if .Values.keys.projected }}
  projected:
    defaultMode: 288 # 0440
    sources: {{- toYaml .Values.keys.projected | nindent 6 }}
  {{- else }}
  secret: { secretName: {{ include "mintproc.keysSecret" . }}, defaultMode: 288 }
  {{- end }}
{{- if eq .Values.mode "deployment" }}
- name: mintproc-tls
  secret: { secretName: {{ .Values.tls.existingSecret }}, defaultMode: 288 }
{{- else }}
- name: mintproc-socket
  emptyDir: { medium: Memory, sizeLimit: 1Mi }
{{- end }}
{{- end -}}

{{/* Seconds for which the pod may take to stop: Envoy's own wait, the delay, the timeout. */}}
{{- define "mintproc.terminationGracePeriodSeconds" -}}
{{- $envoy := eq .Values.mode "deployment" | ternary 0 (int .Values.drain.envoy) -}}
{{- add $envoy .Values.drain.delay .Values.drain.timeout 15 -}}
{{- end -}}
