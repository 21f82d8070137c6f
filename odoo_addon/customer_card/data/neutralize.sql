-- A copied database must not reach the shop: no reader, no screen, no worker.
UPDATE customer_till SET user_id = NULL, screen_seen_at = NULL;
DELETE FROM customer_till_screen;
UPDATE customer_card_outbox SET state = 'failed', retry_at = '9999-01-01', error = 'neutralized copy';
DELETE FROM customer_card_worker;
UPDATE customer_card_sync_source SET active = false;
DELETE FROM customer_card_worker_note;
