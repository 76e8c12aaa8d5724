@echo off
rem What submit-redis-kafka-streaming.sh does, for Windows: it runs inside the pipeline container of docker-compose.yml.
cd /d "%~dp0.."
docker compose exec pipeline scripts/submit-redis-kafka-streaming.sh %*
exit /b %ERRORLEVEL%
