"""Settings that say what is plugged in where, by dotted path: partners' formats, receivers of events, handlers of
deadlines, steps of the worker. Each kind has a protocol and a shared contract test. Besides: our forms for allauth."""

MARKET_CARRIERS = {
    "standard": "orders.shipments.carriers.standard",
    "easypost": "orders.shipments.carriers.easypost",
    "kuaidi100": "orders.shipments.carriers.kuaidi100",
    "aftership": "orders.shipments.carriers.aftership",
    "shippo": "orders.shipments.carriers.shippo",
    "seventeentrack": "orders.shipments.carriers.seventeentrack",
    "cainiao": "orders.shipments.carriers.cainiao",
    "dcsa_tnt": "orders.shipments.carriers.dcsa_tnt",
    "dhl_unified_push": "orders.shipments.carriers.dhl_unified_push",
    "ups_track_alert": "orders.shipments.carriers.ups_track_alert",
    "iata_one_record": "orders.shipments.carriers.iata_one_record",
}
# Where a partner's own API stands, by adapter, if not where the adapter says. For tests. Never from the environment.
MARKET_CARRIER_APIS: dict[str, str] = {}
# Scheme of SMS_URL -> sender of short messages (`market.common.sms.base`).
MARKET_SMS_SENDERS = {
    "file": "market.common.sms.to_files.FileSender",
    "http": "market.common.sms.to_gateway.GatewaySender",
    "https": "market.common.sms.to_gateway.GatewaySender",
    "aliyun": "market.common.sms.to_aliyun.AliyunSender",
}
# Topics whose receivers take long for each event, and that nobody waits for.
MARKET_PATIENT_TOPICS = ("lot.opened", "lot.moved")
# Outbox topic -> receivers, each called with a batch of events; a receiver may see an event twice.
MARKET_EVENT_RECEIVERS: dict[str, list[str]] = {
    "product.changed": ["search.products.tasks.index_products"],
    "member.invited": ["market.enterprises.invitation_mail.send_invitations"],
    "enterprise.changed": ["search.products.tasks.index_related"],
    "category.changed": ["search.products.tasks.index_related"],
    "unit.changed": ["search.products.tasks.index_related"],
    "channel.changed": ["search.products.tasks.index_related"],
    "destination.changed": ["search.products.tasks.index_related"],
    "products.touched": ["search.products.tasks.index_touched"],
    "search.rebuild": ["search.products.tasks.rebuild_asked"],
    "purchase.placed": ["orders.outbound.messages.fan_out", "orders.actions.tell_of_orders.send_placed"],
    "payment.captured": ["orders.outbound.messages.fan_out", "orders.actions.tell_of_orders.send_paid"],
    "order.declined": ["orders.outbound.messages.fan_out", "orders.actions.tell_of_ends.send_mails"],
    "order.cancelled": ["orders.outbound.messages.fan_out", "orders.actions.tell_of_ends.send_mails"],
    "order.expired": ["orders.outbound.messages.fan_out", "orders.actions.tell_of_ends.send_mails"],
    "shipment.silent": ["orders.actions.tell_seller.send_alarms", "orders.outbound.messages.fan_out"],
    "shipment.out_of_range": ["orders.actions.tell_seller.send_alarms", "orders.outbound.messages.fan_out"],
    # Money and buyers first: nothing about a seller's system may keep them waiting.
    "refund.opened": [
        "orders.actions.receivers.send_refunds",
        "orders.documents.actions.note_refunds.note_refunds",
        "orders.outbound.messages.fan_out",
    ],
    "shipment.created": [
        "orders.inbox.errands.note_shipments",
        "orders.pickups.agree_range.agree_ranges",
        "orders.outbound.messages.fan_out",
        "orders.actions.trace_shipments.write_shippings",
    ],
    "lot.opened": ["catalog.trace.actions.trace_lot.write_births"],
    "lot.moved": ["catalog.trace.actions.trace_lot.write_moves"],
    "pickup.asked": ["orders.pickups.tell_partner.send_mails"],
    "pickup.withdrawn": ["orders.pickups.tell_partner.send_mails"],
    "pickup.refused": ["orders.pickups.tell_partner.send_mails"],
    "pickup.accepted": [
        "orders.pickups.agree_range.agree_ranges",
        "orders.pickups.tell_seller.send_mails",
        "orders.pickups.tell_partner.send_mails",
        "orders.outbound.messages.fan_out",
    ],
    "pickup.countered": ["orders.pickups.tell_seller.send_mails", "orders.outbound.messages.fan_out"],
    "pickup.declined": ["orders.pickups.tell_seller.send_mails", "orders.outbound.messages.fan_out"],
    "pickup.expired": ["orders.pickups.tell_seller.send_mails", "orders.outbound.messages.fan_out"],
    "claim.filed": ["orders.actions.tell_of_claims.send_mails", "orders.outbound.messages.fan_out"],
    "claim.answered": ["orders.actions.tell_of_claims.send_mails"],
    "claim.escalated": ["orders.actions.tell_of_claims.send_mails"],
    "claim.ended": ["orders.actions.tell_of_claims.send_mails", "orders.outbound.messages.fan_out"],
    "payout_account.changed": ["market.enterprises.payout_account_mail.send_mails"],
    "payout.moved": ["orders.actions.tell_of_payouts.send_mails"],
    "reversal.booked": ["orders.actions.tell_of_reversals.send_mails"],
    "reversal.returned": [
        "orders.actions.tell_of_reversals.send_mails",
        "orders.documents.actions.note_refunds.note_refunds",
    ],
    "enquiry.open": ["orders.quotes.tell_seller.send_mails"],
    "enquiry.answered": ["orders.quotes.tell_buyer.send_mails"],
    "enquiry.closed": ["orders.quotes.tell_buyer.send_mails", "orders.quotes.tell_seller.send_mails"],
    "prices.changed": ["market.prices.actions.compute_bands.compute_bands"],
    "review.decided": ["orders.reviews.tell_writer.send_mails"],
    "recall.opened": ["orders.recalls.tell.send_mails"],
    "recall.reminded": ["orders.recalls.tell.send_mails"],
    "application.moved": ["market.public_services.tell.send_mails"],
    "application.overdue": ["market.public_services.tell.send_late"],
    "shipment.moved": [
        "orders.actions.tell_buyer.send_notices",
        "orders.actions.tell_seller.send_alarms",
        "orders.outbound.messages.fan_out",
    ],
    "tax_invoice.asked": ["orders.documents.tell_of_invoices.send_mails"],
    "tax_invoice.issued": ["orders.documents.tell_of_invoices.send_mails"],
    "tax_invoice.declined": ["orders.documents.tell_of_invoices.send_mails"],
    "tax_invoice.red_needed": ["orders.documents.tell_of_invoices.send_mails"],
    "shipment.noticed": ["orders.actions.tell_buyer.send_notices"],
}
# Deadline kind -> handler, called once when the time has come; a handler may be called twice.
MARKET_DEADLINE_HANDLERS: dict[str, str] = {
    "order.payment": "orders.actions.end_order.on_payment_deadline",
    "order.acceptance": "orders.actions.accept_delivery.on_acceptance_deadline",
    "claim.unanswered": "orders.actions.react_to_claim.on_unanswered",
    "claim.unaccepted": "orders.actions.react_to_claim.on_unaccepted",
    "certificate.expiry": "catalog.products.actions.certify.on_certificate_expiry",
    "application": "market.public_services.actions.watch_clock.on_due",
    "pickup": "orders.pickups.actions.decide_pickup.on_pickup_deadline",
}
# Steps of the worker loop, each `step(now) -> int` (how much was done), in this order: in every round, or now and then
# where nobody waits for it.
ALWAYS, SELDOM = True, False
MARKET_WORKER_STEPS = {
    "search.products.tasks.keep_index": ALWAYS,
    "market.common.outbox.drain.drain_outbox": ALWAYS,
    "market.common.sms.send.send_due": ALWAYS,
    "market.common.sms.send.forget_old": SELDOM,
    "market.common.outbox.drain.forget_done": SELDOM,
    "catalog.imports.tasks.work_on_imports": ALWAYS,
    "catalog.imports.tasks.forget_old": SELDOM,
    "orders.inbox.spool.store_kept": ALWAYS,
    "orders.inbox.tasks.process_inbox": ALWAYS,
    "orders.actions.fold_logs.fold_logs": ALWAYS,
    "orders.inbox.actions.purge_bodies": SELDOM,
    "orders.inbox.errands.note_existing": SELDOM,
    "orders.inbox.reconcile.call_partners": ALWAYS,
    "orders.inbox.errands.forget_done": SELDOM,
    "orders.outbound.send.send_due": ALWAYS,
    "orders.documents.render.render_due": ALWAYS,
    "orders.outbound.watch.watch_endpoints": SELDOM,
    "orders.outbound.watch.forget_old": SELDOM,
    "market.common.deadlines.actions.run_due_deadlines": ALWAYS,
    "orders.actions.raise_silent.raise_silent": SELDOM,
    "orders.recalls.watch.hold_what_is_free": SELDOM,
    "orders.actions.reconcile.reconcile_payments": ALWAYS,
    "orders.actions.reconcile.reconcile_refunds": ALWAYS,
}
