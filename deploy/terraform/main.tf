# The storage account that keeps the snapshots of the logs and the blocks of the metrics, its two containers, and the identity with which
# Elasticsearch and Thanos get in without its key. ../README.md says how its outputs go into the profile.

terraform {
  required_version = ">= 1.5"
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.9"
    }
  }
}

provider "azurerm" {
  features {}
}

resource "azurerm_storage_account" "aura" {
  name                     = var.storage_account
  resource_group_name      = var.resource_group
  location                 = var.location
  account_tier             = "Standard"
  account_replication_type = var.replication
  account_kind             = "StorageV2"
  access_tier              = "Hot"

  min_tls_version                 = "TLS1_2"
  https_traffic_only_enabled      = true
  allow_nested_items_to_be_public = false
  # Pods have an identity; with keys, the profile's storage_account.secret holds one of them.
  shared_access_key_enabled = var.shared_key

  blob_properties {
    # Somebody's mistake can be undone for a week. Versions would keep each segment that a snapshot's retention deletes.
    delete_retention_policy {
      days = 7
    }
    container_delete_retention_policy {
      days = 7
    }
  }

  lifecycle {
    prevent_destroy = true
  }

  tags = var.tags
}

resource "azurerm_storage_container" "containers" {
  for_each = toset([var.backups_container, var.metrics_container])

  name                  = each.value
  storage_account_id    = azurerm_storage_account.aura.id
  container_access_type = "private"
}

resource "azurerm_user_assigned_identity" "storage" {
  name                = "${var.storage_account}-pods"
  resource_group_name = var.resource_group
  location            = var.location
  tags                = var.tags
}

resource "azurerm_role_assignment" "blobs" {
  for_each = azurerm_storage_container.containers

  scope                = each.value.resource_manager_id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_user_assigned_identity.storage.principal_id
}

# One for each ServiceAccount of the chart whose pods reach the storage account.
resource "azurerm_federated_identity_credential" "pods" {
  for_each = toset(["storage", "prometheus"])

  name                = "${var.namespace}-${var.release}-${each.value}"
  resource_group_name = var.resource_group
  parent_id           = azurerm_user_assigned_identity.storage.id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = var.oidc_issuer
  subject             = "system:serviceaccount:${var.namespace}:${local.name}-${each.value}"
}

locals {
  # As the chart names its objects.
  name = strcontains(var.release, "aura-logs") ? var.release : "${var.release}-aura-logs"
}
