"""What people see of matters: the portal for residents, the desk for officials."""
