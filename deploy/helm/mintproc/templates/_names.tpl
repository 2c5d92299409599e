{{- define "mintproc.fullname" -}}
{{- contains .Chart.Name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "mintproc.configMap" -}}
{{- default (include "mintproc.fullname" .) .Values.existingConfigMap -}}
{{- end -}}

{{- define "mintproc.keysSecret" -}}
{{- empty .Values.keys.create | ternary .Values.keys.existingSecret (printf "%s-keys" (include "mintproc.fullname" .)) -}}
{{- end -}}

{{- define "mintproc.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* The labels of the pods that run mintproc. */}}
{{- define "mintproc.selector" -}}
{{- if eq .Values.mode "deployment" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- else -}}
{{ toYaml .Values.podSelector }}
{{- end -}}
{{- end -}}

{{/* The labels of the pods of the publisher. */}}
{{- define "mintproc.publisherSelector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}-publisher
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The labels of the pods from which verifiers get the public keys. */}}
{{- define "mintproc.keysSelector" -}}
{{- if .Values.publisher.enabled -}}
{{ include "mintproc.publisherSelector" . }}
{{- else -}}
{{ include "mintproc.selector" . }}
{{- end -}}
{{- end -}}

{{/* What mintproc reads only at startup. */}}
{{- define "mintproc.startup" -}}
admin: 0.0.0.0:{{ .Values.ports.admin }}
drain: { delay: {{ .Values.drain.delay }}s, timeout: {{ .Values.drain.timeout }}s }
{{- if .Values.jwks.enabled }}
jwks:
  listen: 0.0.0.0:{{ .Values.ports.jwks }}
  maxAge: {{ .Values.jwks.maxAge }}
  publishAhead: {{ .Values.jwks.publishAhead }}
{{- end }}
{{- if eq .Values.mode "deployment" }}
listen: 0.0.0.0:{{ .Values.ports.grpc }}
tls:
  certificate: /etc/mintproc-tls/tls.crt
  key: /etc/mintproc-tls/tls.key
  clientAuthorities: /etc/mintproc-tls/ca.crt # Envoy must show a certificate
  {{- with .Values.tls.clients }}
  clients: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tls.minVersion }}
  minVersion: {{ . | quote }}
  {{- end }}
{{- else }}
listen: unix:/run/mintproc/mintproc.sock # nothing else can request tokens
{{- end }}
{{- end -}}
