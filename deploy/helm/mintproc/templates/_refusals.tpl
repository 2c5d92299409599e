{{/* What of the values can hardly be meant, a line for each: they would have no effect, or nothing could connect. */}}
{{- define "mintproc.refusals" -}}
{{- $v := .Values }}
{{- $isOtherVersion := ne (toString $v.tls.minVersion) "1.3" }}
{{- if eq $v.mode "sidecar" }}
{{- $unreached := dict "tls.clients" $v.tls.clients "tls.minVersion" $isOtherVersion }}
{{- $_ := merge $unreached (dict "networkPolicy.envoy" $v.networkPolicy.envoy "service.annotations" $v.service.annotations) }}
{{- $_ := set $unreached "service.headless" (not $v.service.headless) }}
{{- range $name, $given := $unreached }}
{{- if $given }}
`{{ $name }}` is only for `mode: deployment`. A sidecar listens at a unix socket, which only its own Envoy has: take it out.
{{- end }}
{{- end }}
{{- $ignored := dict "replicas" (ne (int $v.replicas) 2) "autoscaling.enabled" $v.autoscaling.enabled }}
{{- range list "podAnnotations" "podLabels" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" }}
{{- $_ := set $ignored . (index $v .) }}
{{- end }}
{{- range $name, $given := $ignored }}
{{- if $given }}
`{{ $name }}` is only for `mode: deployment`. A sidecar is part of your own Deployment: set it there.
{{- end }}
{{- end }}
{{- else }}
{{- if ne (toJson $v.podSelector) (toJson (dict "mintproc" "sidecar")) }}
`podSelector` is only for `mode: sidecar`. Set `podLabels`, or take it out.
{{- end }}
{{- if ne (int $v.drain.envoy) 10 }}
`drain.envoy` is only for `mode: sidecar`. Take it out.
{{- end }}
{{- if and $v.networkPolicy.enabled (empty $v.networkPolicy.envoy) }}
`networkPolicy.enabled` without `networkPolicy.envoy`: no Envoy could connect. Set who may, as `from` of a NetworkPolicy.
{{- end }}
{{- end }}
{{- if and $v.networkPolicy.enabled $v.podMonitor.enabled (empty $v.networkPolicy.prometheus) }}
`podMonitor.enabled` without `networkPolicy.prometheus`: Prometheus could not connect. Set who may read the metrics.
{{- end }}
{{- if empty $v.existingConfigMap }}
{{- if empty $v.config }}
Set `config` to your mintproc.yaml, or `existingConfigMap`.
{{- end }}
{{- range $policy := $v.config.policies }}
{{- $file := "" }}
{{- if kindIs "map" $policy }}{{ $file = toString (default "" $policy.file) }}{{ end }}
{{- if and $file (not (hasPrefix "/" $file)) (not (hasKey $v.files (trimPrefix "./" $file))) }}
`files` lacks `{{ $file }}`, which a policy of `config` names. Add it, by a name without a folder.
{{- end }}
{{- if and (kindIs "map" $policy) (hasKey $policy "sds") }}
{{- if eq $v.mode "deployment" }}
`config.policies.sds` is only for `mode: sidecar`. Envoy is in another pod, where it cannot read the file: take it out.
{{- else if kindIs "map" $policy.sds }}
{{- if not (hasPrefix "/run/mintproc/" (toString (default "" $policy.sds.file))) }}
`config.policies.sds` has a `file` that mintproc cannot write, or Envoy cannot read. Write `file: /run/mintproc/NAME.json`.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- else }}
{{- range $name, $given := dict "config" $v.config "files" $v.files "tls.clients" $v.tls.clients "tls.minVersion" $isOtherVersion }}
{{- if $given }}
`{{ $name }}` has no effect with `existingConfigMap`: write it in the mintproc.yaml of that ConfigMap.
{{- end }}
{{- end }}
{{- end }}
{{- if and $v.publisher.enabled (not $v.jwks.enabled) }}
`publisher.enabled` without `jwks.enabled`: the pods would have no public keys to collect. Set both, or none.
{{- end }}
{{- if not $v.publisher.enabled }}
{{- range $name, $given := dict "publisher.replicas" (ne (int $v.publisher.replicas) 2) "publisher.keep" (ne $v.publisher.keep "24h") "publisher.storage" (ne $v.publisher.storage "16Mi") }}
{{- if $given }}
`{{ $name }}` has no effect without `publisher.enabled`: set it to true, or take this out.
{{- end }}
{{- end }}
{{- end }}
{{- if not (or $v.keys.existingSecret $v.keys.create $v.keys.projected) }}
`keys.existingSecret` is empty. Set it, or `keys.create` or `keys.projected`.
{{- end }}
{{- if and (eq $v.mode "deployment") (not $v.tls.existingSecret) }}
`tls.existingSecret` is empty. Name a Secret with tls.crt, tls.key and ca.crt.
{{- end }}
{{- $taken := dict }}
{{- range $name, $port := $v.ports }}
{{- if hasKey $taken (toString $port) }}
`ports.{{ $name }}` is also `ports.{{ get $taken (toString $port) }}`. Give each its own.
{{- end }}
{{- $_ := set $taken (toString $port) $name }}
{{- end }}
{{- if and $v.keys.create $v.keys.projected }}
`keys.create` and `keys.projected` exclude each other. Name the Secret of `create` as a source of `projected` instead.
{{- end }}
{{- if and $v.image.tag $v.image.digest }}
`image.tag` has no effect with `image.digest`. Set one of them.
{{- end }}
{{- end -}}
