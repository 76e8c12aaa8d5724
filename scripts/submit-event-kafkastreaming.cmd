@echo off
rem What submit-event-kafkastreaming.sh does, for Windows: it runs inside the pipeline container of docker-compose.yml.
cd /d "%~dp0.."
docker compose exec pipeline scripts/submit-event-kafkastreaming.sh %*
exit /b %ERRORLEVEL%
