"""Skyline Air Charter's books: a chart of accounts, products, customers and vendors, as such a company has them."""

from datetime import timedelta
from decimal import Decimal

from hangarlink.sandbox.quickbooks.company import Company

ACCOUNTS = [
    # name, number, type, subtype
    ("Checking", "1000", "Bank", "Checking"),
    ("Fuel Card", "2000", "Credit Card", "CreditCard"),
    ("Accounts Receivable (A/R)", "1200", "Accounts Receivable", "AccountsReceivable"),
    ("Undeposited Funds", "1250", "Other Current Asset", "UndepositedFunds"),
    ("Charter Revenue", "4000", "Income", "ServiceFeeIncome"),
    ("Landing and Handling Recharged", "4100", "Income", "ServiceFeeIncome"),
    ("Fuel Surcharge Revenue", "4200", "Income", "ServiceFeeIncome"),
    ("Catering Recharged", "4300", "Income", "ServiceFeeIncome"),
    ("Maintenance Revenue", "4400", "Income", "ServiceFeeIncome"),
    ("Training Revenue", "4500", "Income", "ServiceFeeIncome"),
    ("Rental Revenue", "4600", "Income", "ServiceFeeIncome"),
    ("Other Revenue", "4900", "Other Income", "OtherMiscellaneousIncome"),
    ("VAT Payable", "2100", "Other Current Liability", "SalesTaxPayable"),
    ("Fuel Expense", "5000", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Airport Fees", "5100", "Expense", "Travel"),
    ("Ground Handling Expense", "5200", "Expense", "OtherBusinessExpenses"),
    ("Crew Payroll", "5300", "Expense", "PayrollExpenses"),
    ("Crew Travel", "5310", "Expense", "Travel"),
    ("Catering Expense", "5400", "Expense", "EntertainmentMeals"),
    ("Aircraft Maintenance", "5500", "Expense", "RepairMaintenance"),
    ("Hangar and Parking", "5600", "Expense", "RentOrLeaseOfBuildings"),
    ("Navigation Charges", "5700", "Expense", "OtherBusinessExpenses"),
    ("Insurance", "5800", "Expense", "Insurance"),
    ("Office Expenses", "6000", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("Retired: Brokerage", "6900", "Expense", "OtherBusinessExpenses"),
]
ITEMS = [
    ("Charter flight", "Charter Revenue"),
    ("Landing and handling", "Landing and Handling Recharged"),
    ("Fuel surcharge", "Fuel Surcharge Revenue"),
    ("Catering", "Catering Recharged"),
    ("Maintenance", "Maintenance Revenue"),
    ("Flight training", "Training Revenue"),
    ("Aircraft rental", "Rental Revenue"),
    ("VAT", "VAT Payable"),
    ("Other services", "Other Revenue"),
]
CUSTOMERS = [
    ("Aurora Mining ApS", "Aurora Mining ApS", "ap@aurora-mining.example", "Nuuk", "GL"),
    ("Bergstrøm, Ida", "", "ida@bergstrom.example", "Aarhus", "DK"),
    ("Nordic Wind A/S", "Nordic Wind A/S", "billing@nordicwind.example", "Esbjerg", "DK"),
    ("O'Hara Productions", "O'Hara Productions Ltd", "accounts@ohara.example", "Dublin", "IE"),
]
VENDORS = ["Roskilde Airport", "Skagen Fuel", "Billund Handling"]


def fill(company: Company) -> None:
    """Accounts, items, customers, vendors, and one old invoice that is not Hangarlink's."""
    accounts = {name: _account(company, name, number, kind, sub) for name, number, kind, sub in ACCOUNTS}
    company.edit("Account", accounts["Retired: Brokerage"], Active=False)
    items = {
        name: _save(company, "Item", Name=name, Type="Service", IncomeAccountRef={"value": accounts[account]})
        for name, account in ITEMS
    }
    customers = [_customer(company, *one) for one in CUSTOMERS]
    for name in VENDORS:
        _save(company, "Vendor", DisplayName=name)
    detail = {"ItemRef": {"value": items["Charter flight"]}, "Qty": Decimal(1), "UnitPrice": Decimal("4200")}
    line = {"Amount": Decimal("4200"), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    day = (company.now() - timedelta(days=20)).date().isoformat()
    _save(company, "Invoice", DocNumber="1001", CustomerRef={"value": customers[0]}, TxnDate=day, Line=[line])


def _account(company: Company, name: str, number: str, kind: str, sub: str) -> str:
    return _save(company, "Account", Name=name, AcctNum=number, AccountType=kind, AccountSubType=sub)


def _customer(company: Company, name: str, business: str, email: str, city: str, country: str) -> str:
    fields = {"DisplayName": name, "PrimaryEmailAddr": {"Address": email}, "Taxable": False}
    fields["BillAddr"] = {"City": city, "Country": country}
    return _save(company, "Customer", **fields, **({"CompanyName": business} if business else {}))


def _save(company: Company, entity: str, **fields: object) -> str:
    return str(company.save(entity, fields, by="QuickBooks")["Id"])
