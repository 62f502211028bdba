{{- define "causal-streams.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "causal-streams.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "causal-streams.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "causal-streams.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "causal-streams.mountsModel" -}}
{{- if or .Values.model.claim.name .Values.model.image.reference -}}true{{- end -}}
{{- end -}}

{{/* What serve is asked to load. */}}
{{- define "causal-streams.model" -}}
{{- if .Values.model.claim.name -}}
{{- printf "/model/%s" .Values.model.claim.path | trimSuffix "/" -}}
{{- else if and .Values.model.image.reference .Values.model.image.copy -}}
/model
{{- else if .Values.model.image.reference -}}
{{- printf "/model/%s" .Values.model.image.path | trimSuffix "/" -}}
{{- else -}}
{{- required "model.source, model.claim.name or model.image.reference says which model; none does" .Values.model.source -}}
{{- end -}}
{{- end -}}

{{- define "causal-streams.requestsPerReplica" -}}
{{- .Values.autoscaling.requestsPerReplica | default (mul 2 .Values.engine.slots) -}}
{{- end -}}

{{- define "causal-streams.configName" -}}
{{- .Values.kafka.configSecret | default (include "causal-streams.name" .) -}}
{{- end -}}

{{/* What values contradict. */}}
{{- define "causal-streams.check" -}}
{{- if and .Values.model.claim.name .Values.model.image.reference -}}
{{- fail "model.claim and model.image both name a model; leave one of them empty" -}}
{{- end -}}
{{- if and .Values.kafka.configSecret .Values.kafka.config -}}
{{- fail "kafka.configSecret replaces kafka.config; put all settings into the secret" -}}
{{- end -}}
{{- with .Values.autoscaling -}}
{{- if and .enabled (gt (int .maxReplicas) (int $.Values.kafka.partitions)) -}}
{{- fail (printf "autoscaling.maxReplicas is %v, and of %v partitions no more instances have work; raise kafka.partitions, which is for topics that are created, or lower it" .maxReplicas $.Values.kafka.partitions) -}}
{{- end -}}
{{- if gt (int .minReplicas) (int .maxReplicas) -}}
{{- fail "autoscaling.minReplicas is greater than maxReplicas" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.http.enabled (not .Values.http.keysSecret) (not .Values.http.open) -}}
{{- fail "http.enabled without http.keysSecret lets everybody ask; name the secret, or say http.open" -}}
{{- end -}}
{{- end -}}
