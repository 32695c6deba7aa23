output "profile" {
  description = "What belongs into the deployment profile."
  value = yamlencode({
    storage_account = {
      workload_identity = {
        client_id = azurerm_user_assigned_identity.storage.client_id
        tenant_id = azurerm_user_assigned_identity.storage.tenant_id
        account   = azurerm_storage_account.aura.name
      }
    }
    elasticsearch = { snapshots = { container = var.backups_container } }
    thanos        = { container = var.metrics_container }
  })
}
