# Starts the reader program with the computer, before anybody signs in, and again if it ends.
# Run as administrator, after: customer-card-bridge setup
# NOT TESTED on Windows: see docs/till.md.
param([string]$Program = "C:\Program Files\customer-card\Scripts\customer-card-bridge.exe")

$folder = Join-Path $env:ProgramData "customer-card"
# The key is for the system and administrators only (by SID, as names differ by language).
icacls $folder /inheritance:r /grant:r "*S-1-5-18:(OI)(CI)F" "*S-1-5-32-544:(OI)(CI)F" | Out-Null

$action = New-ScheduledTaskAction -Execute $Program -Argument "run --config `"$folder\bridge.yaml`""
$trigger = New-ScheduledTaskTrigger -AtStartup
$settings = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
Register-ScheduledTask -TaskName "Customer card bridge" -User "SYSTEM" -RunLevel Highest `
    -Action $action -Trigger $trigger -Settings $settings -Force
Start-ScheduledTask -TaskName "Customer card bridge"
