variable "resource_group" {
  description = "The resource group, which exists."
  type        = string
}

variable "location" {
  description = "The region of the cluster, so that snapshots don't cross a region."
  type        = string
}

variable "storage_account" {
  description = "The storage account's name, unique in the whole of Azure."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]{3,24}$", var.storage_account))
    error_message = "3 to 24 lower-case letters and digits."
  }
}

variable "replication" {
  description = "LRS: three copies in one data centre. ZRS: in three zones. GRS: another three in a second region."
  type        = string
  default     = "ZRS"

  validation {
    condition     = contains(["LRS", "ZRS", "GRS", "RAGRS", "GZRS", "RAGZRS"], var.replication)
    error_message = "LRS, ZRS, GRS, RAGRS, GZRS or RAGZRS."
  }
}

variable "shared_key" {
  description = "Whether the account's keys open it. false: identities alone."
  type        = bool
  default     = false
}

variable "backups_container" {
  description = "For Elasticsearch's snapshots: the profile's elasticsearch.snapshots.container."
  type        = string
  default     = "aura-backups"
}

variable "metrics_container" {
  description = "For Thanos: the profile's thanos.container."
  type        = string
  default     = "aura-metrics"
}

variable "oidc_issuer" {
  description = "The URL of the cluster's OIDC issuer: az aks show --query oidcIssuerProfile.issuerUrl."
  type        = string

  validation {
    condition     = startswith(var.oidc_issuer, "https://")
    error_message = "A URL with https."
  }
}

variable "namespace" {
  description = "The release's namespace."
  type        = string
  default     = "logging"
}

variable "release" {
  description = "The release's name."
  type        = string
  default     = "aura-logs"
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
}
